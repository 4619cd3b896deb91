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

/// Several texts as one: each with `%`, tab and the ends of lines escaped, joined by tabs.
enum FieldList {
    private static let percent = UInt8(ascii: "%")
    /// A carriage return too: before a line feed it would make one character with it, at which nothing is split.
    private static let escapes: [UInt8: String] = [percent: "%25", 0x09: "%09", 0x0A: "%0A", 0x0D: "%0D"]

    static func encode(_ fields: [String]) -> String {
        var text: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { text.append(0x09) }
            for byte in field.utf8 {
                if let escape = escapes[byte] { text += escape.utf8 } else { text.append(byte) }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol) -> [String] {
        guard !text.isEmpty else { return [] }
        return Array(text.utf8).split(separator: 0x09, omittingEmptySubsequences: false).map { part in
            var field: [UInt8] = []
            var rest = part
            while let escape = rest.firstIndex(of: percent) {
                field += rest[..<escape]
                switch rest[(escape + 1)...].prefix(2) {
                case [UInt8(ascii: "0"), UInt8(ascii: "9")]: field.append(0x09)
                case [UInt8(ascii: "0"), UInt8(ascii: "A")]: field.append(0x0A)
                case [UInt8(ascii: "0"), UInt8(ascii: "D")]: field.append(0x0D)
                default: field.append(percent)
                }
                rest = rest[escape...].dropFirst(3)
            }
            return String(decoding: field + rest, as: UTF8.self)
        }
    }
}
