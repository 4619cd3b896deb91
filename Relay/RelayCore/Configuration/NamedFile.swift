internal import Foundation
internal import Programs

/// A file that an operator names, in a setting or on the command line.
package enum NamedFile {
    /// All of its bytes.
    ///
    /// - Parameters:
    ///   - what: it is, for the sentence: `configuration file`.
    ///   - remedy: where it does not exist.
    /// - Throws: `CommandFailure` of kind `configuration` that says whether it is missing, forbidden or no file.
    package static func bytes(_ path: String, what: String, remedy: String) throws -> [UInt8] {
        if let data = FileManager.default.contents(atPath: path) { return Array(data) }
        throw missing(path, what: what, remedy: remedy)
    }

    /// The text of a file in UTF-8.
    /// - Throws: as ``bytes(_:what:remedy:)``, also for any other encoding.
    package static func text(_ path: String, what: String) throws -> String {
        let content = try bytes(path, what: what, remedy: "Correct its name.")
        guard let text = String(validating: content, as: UTF8.self) else {
            throw CommandFailure(
                "The \(what) \(path) is not in UTF-8.", remedy: "Save it in that encoding.",
                kind: .configuration)
        }
        return text
    }

    /// Why a file cannot be had.
    static func missing(_ path: String, what: String, remedy: String) -> CommandFailure {
        // The answer of stat(2) is what a person needs: a folder that must not be entered looks like a missing file.
        var status = stat()
        if stat(path, &status) == 0 {
            let isFile = status.st_mode & S_IFMT == S_IFREG
            return CommandFailure(
                isFile
                    ? "The \(what) \(path) cannot be read." : "\(path) is not a file, so it is no \(what).",
                remedy: isFile ? forbidden : "Name the file itself.", kind: .configuration)
        }
        guard errno != EACCES else {
            return CommandFailure(
                "The \(what) \(path) is in a folder that this user may not enter.", remedy: forbidden,
                kind: .configuration)
        }
        return CommandFailure("There is no \(what) \(path).", remedy: remedy, kind: .configuration)
    }

    private static let forbidden =
        "Run the command as the relay's own user, for example behind sudo -u ml-relay, or correct owner and mode."
}
