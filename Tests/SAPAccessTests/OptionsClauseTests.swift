import Testing
import Values

@testable import SAPAccess

@Suite("OPTIONS")
struct OptionsClauseTests {
    private let table = TableDefinition(
        name: "CDHDR",
        columns: [
            TableColumn(name: "OBJECTCLAS", isKey: true, type: "CHAR", length: 15),
            TableColumn(name: "OBJECTID", isKey: true, type: "CHAR", length: 90),
            TableColumn(name: "UDATE", isKey: false, type: "DATS", length: 8),
            TableColumn(name: "UTIME", isKey: false, type: "TIMS", length: 6),
        ])

    private func stamp(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    @Test("A clause is split between tokens, and no row is longer than SAP takes")
    func splitting() throws {
        let keys = (0..<50).map { TableLiteral.text("45000000" + ($0 < 10 ? "0\($0)" : "\($0)")) }
        let rows = try OptionsClause.rows(for: .oneOf("OBJECTID", keys), of: table)
        #expect(rows.count > 1)
        #expect(rows.allSatisfy { $0.utf16.count <= 71 && $0.hasPrefix(" ") })
        let tokens = rows.joined(separator: " ").split(separator: " ").map(String.init)
        #expect(tokens.count == 4 + 50 + 49)
        #expect(tokens.filter { $0.hasPrefix("'") && $0.hasSuffix("'") }.count == 50)
    }

    @Test("A quote in a value is doubled and cannot end it")
    func injection() throws {
        let rows = try OptionsClause.rows(
            for: .compare("OBJECTID", .equal, .text("X' OR OBJECTID NE '")), of: table)
        #expect(rows == [" OBJECTID EQ 'X'' OR OBJECTID NE '''"])
    }

    @Test("A value that SAP would dump on is refused before it is sent")
    func refused() {
        for value in ["1234567890123456", "A\u{0}B", "A\nB"] {
            #expect(throws: SAPAccessError.self) {
                try OptionsClause.rows(for: .compare("OBJECTCLAS", .equal, .text(value)), of: table)
            }
        }
        #expect(throws: SAPAccessError.self) {
            try OptionsClause.rows(
                for: .compare("OBJECTID", .equal, .text(String(repeating: "A", count: 80))), of: table)
        }
        #expect(throws: SAPAccessError.self) {
            try OptionsClause.rows(for: .compare("TCODE", .equal, .text("ME22N")), of: table)
        }
    }

    @Test("A stamp range within a day compares the time once")
    func sameDay() throws {
        let condition = TableCondition.stamped(
            date: "UDATE", time: "UTIME", from: try stamp("20260305120000"),
            through: try stamp("20260305130000"))
        let rows = try OptionsClause.rows(for: condition, of: table)
        #expect(
            rows.joined() == " ( UDATE EQ '20260305' AND UTIME GE '120000' AND UTIME LE '130000' )")
    }

    @Test("A date-only stamp range compares days alone")
    func days() throws {
        let condition = TableCondition.stamped(
            date: "UDATE", time: nil, from: try stamp("20260305120000"), through: try stamp("20260306000000"))
        #expect(
            try OptionsClause.rows(for: condition, of: table) == [
                " UDATE GE '20260305' AND UDATE LE '20260306'"
            ])
    }
}
