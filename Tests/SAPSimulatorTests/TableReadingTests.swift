import Testing

@testable import SAPSimulator

@Suite("RFC_READ_TABLE and DDIF_FIELDINFO_GET of the stand-in")
struct TableReadingTests {
    private let system = ECCSystem(seed: 1) { 1_750_000_000 }

    private func answer(
        _ function: String, _ values: [String: SAPSimulator.RFCValue], of system: ECCSystem,
    ) throws -> [String: SAPSimulator.RFCValue] {
        let interface = try #require(system.function(function))
        return try FunctionModules(system: system).call(
            CallArguments(interface: interface, values: values),
            Session(client: "100", user: "MLCONN", language: "E"))
    }

    /// Rows of DATA, each as one text.
    private func read(
        _ table: String, _ columns: [String], options: String = "", more: [String: String] = [:],
    ) throws -> [String] {
        var values: [String: SAPSimulator.RFCValue] = [
            "QUERY_TABLE": .scalar(table), "FIELDS": .table(columns.map { [$0, "", "", "", ""] }),
            "OPTIONS": .table([[options]]),
        ]
        for (name, text) in more { values[name] = .scalar(text) }
        guard case .table(let rows) = try answer("RFC_READ_TABLE", values, of: system)["DATA"] else {
            return []
        }
        return rows.map { $0[0] }
    }

    private func putItems(_ texts: [String]) {
        for (index, text) in texts.enumerated() {
            system.put(
                "EKPO",
                [
                    "MANDT": "100", "EBELN": "4500000001", "EBELP": SAPCalendar.padded(index + 1, 5),
                    "TXZ01": text, "MATNR": "M\(index)",
                ])
        }
    }

    @Test("A column begins where FIELDS says, whatever the text before it is made of")
    func widths() throws {
        let texts = ["Bolt", "Mu\u{308}ller", "ok 👍🏽", "line\r\nbreak", String(repeating: "👍", count: 25)]
        putItems(texts)
        for row in try read("EKPO", ["EBELP", "TXZ01", "MATNR"]) {
            let units = Array(row.utf16)
            #expect(units.count == 63)
            let index = try #require(Int(String(decoding: units[..<5], as: UTF16.self)))
            #expect(String(decoding: units[45...], as: UTF16.self).trimmed == "M\(index - 1)")
        }
    }

    @Test("Two ways to write one letter are two texts, as they are in a database")
    func binary() throws {
        putItems(["M\u{FC}ller", "Mu\u{308}ller"])
        #expect(try read("EKPO", ["EBELP"], options: "TXZ01 EQ 'M\u{FC}ller'") == ["00001"])
        #expect(try read("EKPO", ["EBELP"], options: "TXZ01 EQ 'Mu\u{308}ller'") == ["00002"])
    }

    @Test(
        "Numbers stand on the right, the sign behind them, and lose digits behind a star (case C005)",
        arguments: [
            ("-0.023", 15, 3, "         0.023-"), ("-15.2", 13, 2, "       15.20-"),
            ("0", 13, 2, "        0.00 "), ("9999999999.99", 13, 2, "9999999999.99"),
            ("-999999999.99", 13, 2, "999999999.99-"), ("8291847608123.45", 13, 2, "*847608123.45"),
        ])
    func numbers(value: String, length: Int, decimals: Int, cell: String) throws {
        let field = try #require(FieldDefinition("CURR:\(length):\(decimals)", name: "N"))
        #expect(TableReader.cell(value, field) == cell)
    }

    @Test(
        "A row wider than 512 characters is refused, so an empty list of fields is for every wide table",
        arguments: ["CDPOS", "LFA1", "BKPF", "RBKP"])
    func tooWide(table: String) throws {
        let failure = #expect(throws: RFCFailure.self) { try read(table, []) }
        #expect(failure?.key == "DATA_BUFFER_EXCEEDED" && failure?.code == 5 && failure?.closes == false)
    }

    @Test("No row is success; ROWCOUNT and ROWSKIPS count rows; no column and no table have their exceptions")
    func exceptions() throws {
        putItems(["a", "b", "c", "d"])
        #expect(try read("EKPO", ["EBELP"], options: "EBELN EQ '4599999999'").isEmpty)
        #expect(try read("EKPO", ["EBELP"], more: ["ROWCOUNT": "3"]).count == 3)
        #expect(try read("EKPO", ["EBELP"], more: ["ROWSKIPS": "3"]).count == 1)
        for (table, column, key) in [
            ("EKPO", "NOPE", "FIELD_NOT_VALID"), ("NOPE", "X", "TABLE_NOT_AVAILABLE"),
            ("BAPIRET2", "TYPE", "TABLE_WITHOUT_DATA"),
        ] {
            let failure = #expect(throws: RFCFailure.self) { try read(table, [column]) }
            #expect(failure?.key == key)
        }
    }

    @Test("The order of rows is another one in the next call, and the same again from the same seed")
    func order() throws {
        func orders(_ seed: UInt64) throws -> [[String]] {
            let system = ECCSystem(seed: seed) { 1_750_000_000 }
            for number in 0..<200 {
                system.put("EKKO", ["MANDT": "100", "EBELN": String(4_500_000_000 + number)])
            }
            let table = try #require(system.dictionary.tables["EKKO"])
            let committed = system.tables.committed(table, client: "100", at: system.instant())
            #expect(committed.map { $0[1] } == (0..<200).map { String(4_500_000_000 + $0) })
            return (0..<2).map { _ in system.shuffled(committed.map { $0[1] }) }
        }
        let first = try orders(3)
        #expect(first[0] != first[1])
        #expect(try orders(3) == first)
        #expect(try orders(4) != first)
    }

    @Test("A clock of SAP's that is set back takes no committed row away")
    func clockSetBack() throws {
        putItems(["a"])
        system.shiftClock(by: -7_200)
        #expect(try read("EKPO", ["EBELP"]) == ["00001"])
        putItems(["a", "b"])
        #expect(try read("EKPO", ["EBELP"]).count == 2)
    }

    @Test("The dictionary tells every table by its columns, and refers to columns that exist")
    func dictionary() throws {
        for (name, table) in system.dictionary.tables {
            guard
                case .table(let rows) = try answer(
                    "DDIF_FIELDINFO_GET", ["TABNAME": .scalar(name)], of: system)["DFIES_TAB"]
            else {
                Issue.record("\(name) has no description")
                continue
            }
            let layout = try #require(system.dictionary.structures["DFIES"])
            func cells(_ column: String) throws -> [String] {
                let position = try #require(layout.position(of: column))
                return rows.map { $0[position] }
            }
            #expect(try cells("FIELDNAME") == table.fields.map(\.name))
            #expect(try cells("LENG") == table.fields.map { String($0.length) })
            #expect(try cells("KEYFLAG").filter { $0 == "X" }.count == table.keyCount)
            for (other, field) in zip(try cells("REFTABLE"), try cells("REFFIELD")) where !other.isEmpty {
                #expect(
                    system.dictionary.tables[other]?.position(of: field) != nil, "\(name): \(other)-\(field)")
            }
        }
    }
}
