internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// A key as pending, watch and ledger hold it.
package struct SpoolKey: Hashable, Sendable {
    package var stream: String
    package var key: StampedKey

    package init(stream: String, key: StampedKey) {
        self.stream = stream
        self.key = key
    }

    /// What tells two facts of one document apart in the ledger: the version, or the stamp where there is none.
    package var mark: String { key.version ?? key.stamp.sapText }

    /// Columns stream, document_key and mark.
    var identity: [SQLValue] { [.text(stream), .text(key.documentKey), .text(mark)] }
}

extension SQLRow {
    /// Reads the columns stream, document_key, version, stamp_local and hints.
    func spoolKey() throws -> SpoolKey {
        let stamp = try localTime("stamp_local")
        let hints = FieldList.decode(try text("hints"))
        var named: [String: String] = [:]
        for index in stride(from: 0, to: hints.count - 1, by: 2) { named[hints[index]] = hints[index + 1] }
        return SpoolKey(
            stream: try text("stream"),
            key: StampedKey(
                documentKey: try text("document_key"), stamp: stamp, version: try optionalText("version"),
                hints: named))
    }
}

extension SQLColumns {
    /// A `*_local` column; years outside 1 to 9999 are read as the nearest end of the calendar.
    func localTime(_ name: String) throws -> LocalDateTime { LocalDateTime.clamped(try integer(name)) }

    /// A `*_local` column that may be null.
    func optionalLocalTime(_ name: String) throws -> LocalDateTime? {
        try optionalInteger(name).map(LocalDateTime.clamped)
    }
}

extension LocalDateTime {
    /// The spool only ever holds what `secondsSinceEpoch` gave, so the epoch itself stands in for a damaged value.
    static func clamped(_ seconds: Int64) -> LocalDateTime {
        LocalDateTime(secondsSinceEpoch: seconds) ?? LocalDateTime(secondsSinceEpoch: 0) ?? .lowest
    }

    private static var lowest: LocalDateTime { LocalDateTime(Timestamp.first.utcDate) }

    /// As a `*_local` column holds it.
    var sqlValue: SQLValue { .integer(secondsSinceEpoch) }
}

extension StampedKey {
    /// Hints as one column.
    var hintsText: String {
        FieldList.encode(hints.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }
}

/// Several texts as one: each with `%`, tab and line feed escaped, joined by tabs.
enum FieldList {
    static func encode(_ fields: [String]) -> String {
        fields.map { field in
            var escaped = ""
            for character in field.unicodeScalars {
                switch character {
                case "%": escaped += "%25"
                case "\t": escaped += "%09"
                case "\n": escaped += "%0A"
                default: escaped.unicodeScalars.append(character)
                }
            }
            return escaped
        }.joined(separator: "\t")
    }

    static func decode(_ text: some StringProtocol) -> [String] {
        guard !text.isEmpty else { return [] }
        return text.split(separator: "\t", omittingEmptySubsequences: false).map { part in
            var field = ""
            var rest = String(part).unicodeScalars[...]
            while let character = rest.popFirst() {
                guard character == "%" else {
                    field.unicodeScalars.append(character)
                    continue
                }
                switch String(Substring(rest.prefix(2))) {
                case "25": field += "%"
                case "09": field += "\t"
                case "0A": field += "\n"
                default: field += "%"
                }
                rest = rest.dropFirst(2)
            }
            return field
        }
    }
}
