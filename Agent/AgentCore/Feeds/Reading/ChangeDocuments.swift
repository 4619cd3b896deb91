internal import SAPAccess
internal import Values

/// Change documents: their headers in CDHDR, their items in CDPOS (facts/sap-ecc-domain.md section 2.1).
enum ChangeDocuments {
    static let headerTable = "CDHDR"
    static let itemTable = "CDPOS"
    static let headerColumns = [
        "OBJECTCLAS", "OBJECTID", "CHANGENR", "USERNAME", "UDATE", "UTIME", "TCODE", "CHANGE_IND",
    ]
    static let itemColumns = [
        "OBJECTCLAS", "OBJECTID", "CHANGENR", "TABNAME", "TABKEY", "FNAME", "CHNGIND", "VALUE_NEW",
        "VALUE_OLD",
    ]
    /// Columns that a key carries along, so that its header need not be read again.
    static let hintColumns = ["USERNAME", "TCODE", "CHANGE_IND"]
    /// Characters of CHANGENR, with which a version begins.
    static let numberLength = 10

    /// Change documents stamped in a closed range, but those of a creation.
    static func query(objectClass: String, from: LocalDateTime, through: LocalDateTime) -> TableQuery {
        TableQuery(
            table: headerTable, columns: headerColumns,
            condition: .all([
                .compare("OBJECTCLAS", .equal, .text(objectClass)),
                .compare("CHANGE_IND", .notEqual, .text("I")),
                .stamped(date: "UDATE", time: "UTIME", from: from, through: through),
            ]))
    }

    /// The key of one of them; nil where it has no stamp.
    static func key(_ row: TableRow) throws(SAPAccessError) -> StampedKey? {
        guard let stamp = try row.foundStamp(date: "UDATE", time: "UTIME") else { return nil }
        var hints: [String: String] = [:]
        for column in hintColumns { hints[column] = try row.text(column) }
        return StampedKey(
            documentKey: try row.text("OBJECTID"), stamp: stamp, version: try version(row), hints: hints)
    }

    /// CHANGENR, UDATE and UTIME as one text, as SAP holds them.
    static func version(_ row: TableRow) throws(SAPAccessError) -> String {
        let number = try row.text("CHANGENR")
        return number + String(repeating: " ", count: max(0, numberLength - number.count))
            + digits(try row.text("UDATE"), 8) + digits(try row.text("UTIME"), 6)
    }

    /// The initial value, which SAP writes as zeros or as blanks, in one form.
    private static func digits(_ text: String, _ count: Int) -> String {
        text.utf8.count == count ? text : String(repeating: "0", count: count)
    }

    /// Rows of a table that belong to these change documents: asked for by the whole header key, since CDPOS
    /// is a cluster table.
    static func query(
        table: String, columns: [String], objectClass: String, keys: [StampedKey],
    ) -> TableQuery {
        let numbers = Set(keys.compactMap { $0.version.map(number) }).sorted()
        let objects = Set(keys.map(\.documentKey)).sorted()
        return TableQuery(
            table: table, columns: columns,
            condition: .all([
                .compare("OBJECTCLAS", .equal, .text(objectClass)),
                .oneOf("OBJECTID", objects.map(TableLiteral.text)),
                .oneOf("CHANGENR", numbers.map(TableLiteral.text)),
            ]))
    }

    /// CHANGENR of a version.
    static func number(_ version: String) -> String {
        String(version.prefix(numberLength).reversed().drop { $0 == " " }.reversed())
    }

    /// The header as hints and version give it; nil where a hint is missing.
    static func header(of key: StampedKey, objectClass: String) -> FeedRow? {
        guard let version = key.version, version.count == numberLength + 14,
            let user = key.hints["USERNAME"], let transaction = key.hints["TCODE"],
            let kind = key.hints["CHANGE_IND"]
        else { return nil }
        return .record([
            "OBJECTCLAS": .text(objectClass), "OBJECTID": .text(key.documentKey),
            "CHANGENR": .text(number(version)), "USERNAME": .text(user), "TCODE": .text(transaction),
            "UDATE": .text(String(version.dropFirst(numberLength).prefix(8))),
            "UTIME": .text(String(version.suffix(6))), "CHANGE_IND": .text(kind),
        ])
    }
}
