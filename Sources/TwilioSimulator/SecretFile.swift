import Foundation
import Programs

/// A file that holds one secret, so that it is never an argument.
package enum SecretFile {
    /// The text of the file without white space around it.
    /// - Throws: a ``CommandFailure`` that names the file where it cannot be read.
    package static func read(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(
                "The file \(path) cannot be read.", remedy: "Give the path of a file with the secret.",
                kind: .configuration)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
