import Foundation

/// The Swift files of this checkout, as the architecture tests read them.
enum SourceTree {
    /// One file: its path from the top of the checkout, and its lines.
    struct File: Sendable {
        let path: String
        let lines: [String]
    }

    /// Top of the checkout, found from the place of this file.
    static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files below `folder` (a path from the top), without generated ones.
    static func files(in folder: String) -> [File] {
        let root = top.appendingPathComponent(folder)
        guard let walker = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) else {
            return []
        }
        var files: [File] = []
        for case let url as URL in walker where url.pathExtension == "swift" {
            let path = String(url.path.dropFirst(top.path.count + 1))
            guard !path.contains("/Generated/"), let text = try? String(contentsOf: url, encoding: .utf8)
            else {
                continue
            }
            files.append(File(path: path, lines: text.components(separatedBy: "\n")))
        }
        return files.sorted { $0.path < $1.path }
    }
}

extension SourceTree.File {
    /// Names of the modules that the file imports, each with its line number from 1.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place <= 2,
                words[..<place].allSatisfy({
                    $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0)
                })
            else { return nil }
            var name = words[(place + 1)...].first ?? ""
            if ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"].contains(name) {
                name = words[(place + 2)...].first ?? ""
            }
            return (String(name.prefix { $0 != "." }), index + 1)
        }
    }
}
