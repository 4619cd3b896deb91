import CLibYAML

/// Reads one YAML document with libyaml and keeps the place of every node.
///
/// Refused, each with its place: duplicate keys, keys that are not plain values, anchors, aliases, merge keys,
/// tags, a second document, and input beyond the limits.
package enum YAMLParser {
    /// The root node of `text`; an empty text gives a root that ``YAMLNode/isNull``.
    package static func parse(
        _ text: String, file: String, limits: YAMLLimits = YAMLLimits(),
    ) throws(YAMLError) -> YAMLNode {
        guard text.utf8.count <= limits.sizeBytes else {
            throw YAMLError(
                file: file, line: 1, column: 1, problem: "the file is larger than \(limits.sizeBytes) bytes")
        }
        var text = text
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
}
