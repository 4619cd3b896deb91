import FoundationEssentials

/// How our commands print with `--json`: keys sorted, slashes as they are, dates as the type encodes them.
package enum JSONOutput {
    /// The JSON of `value`, indented.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Prints the JSON of `value` on standard output.
    package static func print(_ value: some Encodable) throws { StandardOutput.writeLine(try text(value)) }
}
