import CLibYAML

/// Reads one YAML document with libyaml and keeps the place of every node.
///
/// Refused, each with its place: duplicate keys, keys that are not plain values, anchors, aliases, merge keys,
/// tags, directives, a second document, and input beyond the limits.
package enum YAMLParser {
    /// The root node of `text`; an empty text gives a root that ``YAMLNode/isNull``.
    package static func parse(
        _ text: String, file: String, limits: YAMLLimits = YAMLLimits(),
    ) throws(YAMLError) -> YAMLNode {
        guard text.utf8.count <= limits.sizeBytes else {
            throw YAMLError(
                file: file, line: 1, column: 1, problem: "the file is larger than \(limits.sizeBytes) bytes")
        }
        // libyaml, once it is told that the text is UTF-8, takes a byte order mark for a document of its own.
        let scalars = text.unicodeScalars
        var text = String(scalars.first == "\u{FEFF}" ? scalars.dropFirst() : scalars[...])
        try refuseDirectives(text, file: file)
        let result = text.withUTF8 { bytes -> Result<YAMLNode, YAMLError> in
            let source = unsafe YAMLEventSource(lending: bytes, file: file)
            var builder = YAMLTreeBuilder(source: source, file: file, limits: limits)
            do throws(YAMLError) { return .success(try builder.document()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The root node of UTF-8 `bytes`.
    package static func parse(
        bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits(),
    ) throws(YAMLError) -> YAMLNode {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLError(file: file, line: 1, column: 1, problem: "the file is not UTF-8")
        }
        return try parse(text, file: file, limits: limits)
    }

    /// No line may begin with `%`: libyaml holds each directive against all before it, so that a file of them
    /// takes minutes, and nothing in one is of use here.
    private static func refuseDirectives(_ text: String, file: String) throws(YAMLError) {
        var line = 1
        var isLineStart = true
        for scalar in text.unicodeScalars {
            if isLineStart, scalar == "%" {
                throw YAMLError(
                    file: file, line: line, column: 1,
                    problem:
                        "directives (%) are not allowed: begin the line with a blank or another character")
            }
            // All that YAML 1.1 takes for the end of a line.
            switch scalar {
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": isLineStart = true
            default: isLineStart = false
            }
            if scalar == "\n" { line += 1 }
        }
    }
}
