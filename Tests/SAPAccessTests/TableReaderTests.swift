import SAPAccess
import TestSupport
import Testing
import Values

@Suite("Table reader")
struct TableReaderTests {
    private let orders = TableDefinition(
        name: "EKKO",
        columns: [
            TableColumn(name: "MANDT", isKey: true, type: "CLNT", length: 3),
            TableColumn(name: "EBELN", isKey: true, type: "CHAR", length: 10),
            TableColumn(name: "AEDAT", isKey: false, type: "DATS", length: 8),
            TableColumn(name: "CPUTM", isKey: false, type: "TIMS", length: 6),
            TableColumn(name: "LIFNR", isKey: false, type: "CHAR", length: 10),
            TableColumn(name: "NETWR", isKey: false, type: "CURR", length: 13),
        ])

    private func order(_ number: Int, day: Int, second: Int = 0) -> [String: String] {
        [
            "EBELN": String(4_500_000_000 + number), "AEDAT": "202603" + (day < 10 ? "0\(day)" : "\(day)"),
            "CPUTM": TimeOfDay(secondsSinceMidnight: second)?.sapText ?? "", "LIFNR": "0000004711",
            "NETWR": "\(number).50-",
        ]
    }

    private func stamp(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    @Test(
        "A range with more rows than the limit is split until every row has come once, whatever the row order",
        arguments: [1, 2, 7, 50])
    func completeness(limit: Int) async throws {
        let rows = (0..<300).map { order($0, day: 1 + $0 % 5, second: $0 * 7) }
        let source = FakeTable(orders, rows: rows)
        let condition = TableCondition.stamped(
            date: "AEDAT", time: "CPUTM", from: try stamp("20260301000000"),
            through: try stamp("20260331235959"))
        let found = try await TableReader(backend: source).read(
            TableQuery(table: "EKKO", columns: ["LIFNR"], condition: condition, rowLimit: limit))
        let keys = try found.map { try $0.text("EBELN") }
        #expect(keys.count == 300)
        #expect(Set(keys).count == 300)
        #expect(source.calls.allSatisfy { $0.rowCount == limit + 1 })
    }

    @Test("Rows that share one day are split by key", arguments: [1, 3, 10])
    func oneDay(limit: Int) async throws {
        let source = FakeTable(orders, rows: (0..<120).map { order($0, day: 5) })
        let condition = TableCondition.stamped(
            date: "AEDAT", time: nil, from: try stamp("20260305000000"), through: try stamp("20260305000000"))
        let found = try await TableReader(backend: source).read(
            TableQuery(table: "EKKO", columns: [], condition: condition, rowLimit: limit))
        #expect(try Set(found.map { try $0.text("EBELN") }).count == 120)
        #expect(found.count == 120)
    }

    @Test("Long lists of keys go in pieces of fifty")
    func lists() async throws {
        let source = FakeTable(orders, rows: (0..<180).map { order($0, day: 5) })
        let keys = (0..<180).map { TableLiteral.text(String(4_500_000_000 + $0)) }
        let found = try await TableReader(backend: source).read(
            TableQuery(table: "EKKO", columns: ["NETWR"], condition: .oneOf("EBELN", keys + keys)))
        #expect(found.count == 180)
        #expect(source.calls.count == 4)
    }

    @Test("Keys that a number could not tell apart are compared as text, each row once (case C015)")
    func longDigits() async throws {
        let keys = (0..<6).map { "00000000000000900719925474099\($0)" }
        let table = TableDefinition(
            name: "ZCURSOR",
            columns: [
                TableColumn(name: "MANDT", isKey: true, type: "CLNT", length: 3),
                TableColumn(name: "CURSOR", isKey: true, type: "CHAR", length: 30),
            ])
        let source = FakeTable(table, rows: keys.map { ["CURSOR": $0] })
        let found = try await TableReader(backend: source).read(
            TableQuery(table: "ZCURSOR", columns: [], condition: .everything, rowLimit: 1))
        #expect(try found.map { try $0.text("CURSOR") }.sorted() == keys)
    }

    @Test("An empty list reads nothing")
    func emptyList() async throws {
        let source = FakeTable(orders, rows: [order(1, day: 5)])
        let found = try await TableReader(backend: source).read(
            TableQuery(table: "EKKO", columns: [], condition: .oneOf("EBELN", [])))
        #expect(found.isEmpty)
        #expect(source.calls.isEmpty)
    }

    @Test("Values have the types of the dictionary")
    func types() async throws {
        let source = FakeTable(orders, rows: [order(12, day: 5, second: 3_600)])
        let found = try await TableReader(backend: source).read(
            TableQuery(
                table: "EKKO", columns: ["AEDAT", "CPUTM", "NETWR", "LIFNR"], condition: .everything))
        let row = try #require(found.first)
        #expect(try row.value("AEDAT") == .date(LocalDate(year: 2026, month: 3, day: 5)))
        #expect(try row.value("CPUTM") == .time(TimeOfDay(secondsSinceMidnight: 3_600)))
        #expect(try row.value("NETWR") == .number(try ExactDecimal(parsing: "-12.50")))
        #expect(try row.value("LIFNR") == .text("0000004711"))
        #expect(throws: SAPAccessError.missing(field: "EKKO-BUKRS")) { try row.text("BUKRS") }
    }

    @Test("A column that the table lacks is refused before anything is read")
    func unknownColumn() async throws {
        let source = FakeTable(orders, rows: [])
        await #expect(throws: SAPAccessError.self) {
            try await TableReader(backend: source).read(
                TableQuery(table: "EKKO", columns: ["ZZPRIO"], condition: .everything))
        }
        #expect(source.calls.isEmpty)
    }

    @Test("A module that the system lacks gives way to the next one of the list")
    func modules() async throws {
        let source = FakeTable(orders, rows: [order(1, day: 5)])
        let reader = TableReader(backend: source, modules: ["ZML_READ_TABLE", "RFC_READ_TABLE"])
        #expect(
            try await reader.read(TableQuery(table: "EKKO", columns: [], condition: .everything)).count == 1)
        #expect(source.calls.allSatisfy { $0.module == "RFC_READ_TABLE" })
    }
}

@Suite("Tables wider than a row of the reader module")
struct WideTableTests {
    private let wide = TableDefinition(
        name: "ZWIDE",
        columns: [
            TableColumn(name: "MANDT", isKey: true, type: "CLNT", length: 3),
            TableColumn(name: "ID", isKey: true, type: "CHAR", length: 4),
            TableColumn(name: "OLD", isKey: false, type: "CHAR", length: 300),
            TableColumn(name: "NEW", isKey: false, type: "CHAR", length: 300),
        ])

    private func row(_ id: String) -> [String: String] {
        ["ID": id, "OLD": "old of \(id)", "NEW": "new of \(id)"]
    }

    @Test("Two reads are joined by key")
    func joining() async throws {
        let source = FakeTable(wide, rows: (1...40).map { row("\(1_000 + $0)") })
        let found = try await TableReader(backend: source).read(
            TableQuery(table: "ZWIDE", columns: ["OLD", "NEW"], condition: .everything))
        #expect(found.count == 40)
        for row in found {
            let id = try row.text("ID")
            #expect(try row.text("OLD") == "old of \(id)")
            #expect(try row.text("NEW") == "new of \(id)")
        }
        #expect(source.calls.count == 2)
    }

    @Test("A row that came between the two reads waits for the next poll, and no row is mixed")
    func insertion() async throws {
        let (first, second, third) = (row("0001"), row("0002"), row("0003"))
        let source = FakeTable(wide, rows: [first, third]) { $0 == 1 ? second : nil }
        let reader = TableReader(backend: source)
        let query = TableQuery(table: "ZWIDE", columns: ["OLD", "NEW"], condition: .everything)
        let found = try await reader.read(query)
        #expect(try Set(found.map { try $0.text("ID") }) == ["0001", "0003"])
        for row in found { #expect(try row.text("NEW") == "new of \(try row.text("ID"))") }
        #expect(try await reader.read(query).count == 3)
    }

    @Test("A column that no row can hold is refused")
    func tooWide() async throws {
        var definition = wide
        definition.columns.append(TableColumn(name: "BLOB", isKey: false, type: "CHAR", length: 600))
        let source = FakeTable(definition, rows: [])
        await #expect(throws: SAPAccessError.self) {
            try await TableReader(backend: source).read(
                TableQuery(table: "ZWIDE", columns: ["BLOB"], condition: .everything))
        }
    }
}
