import SAPAccess
import TestSupport
import Testing
import Values

@Suite("Values that other readers stumble over, through library and worker")
struct FieldCasesTests {
    private static let allowed = AllowList(
        tables: [
            "EKET": ["EBELN", "EBELP", "ETENR", "EINDT", "UZEIT"],
            "EKPO": ["EBELN", "EBELP", "MENGE", "NETWR"],
            "LFA1": ["LIFNR", "NAME1", "ORT01"],
        ],
        functions: [
            "BAPI_INCOMINGINVOICE_GETDETAIL": ["INVOICEDOCNUMBER", "FISCALYEAR", "HEADERDATA"]
        ])

    private func read(
        _ table: String, _ columns: [String], where condition: TableCondition = .everything,
        _ rows: [[String: String]],
    ) async throws -> TableRows {
        let standIn = try await StandIn()
        try await standIn.put(table, rows.map { $0.merging(["MANDT": "100"]) { $1 } })
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        return try await pool.whileRunning {
            try await source.readTable(TableQuery(table: table, columns: columns, condition: condition))
        }
    }

    @Test("Dates and times of blanks or zeros leave their row whole (case C001)")
    func initialStamps() async throws {
        let stamps = [
            ("        ", "120000"), ("00000000", "120000"), ("20261130", "      "), ("20261130", "000000"),
        ]
        let rows = try await read(
            "EKET", ["EBELN", "EBELP", "ETENR", "EINDT", "UZEIT"],
            stamps.enumerated().map { index, stamp in
                [
                    "EBELN": "4500000001", "EBELP": "00010", "ETENR": "000\(index)", "EINDT": stamp.0,
                    "UZEIT": stamp.1,
                ]
            })
        var found: [String: (LocalDate?, TimeOfDay?)] = [:]
        for row in rows { found[try row.text("ETENR")] = (try row.date("EINDT"), try row.time("UZEIT")) }
        let day = try #require(LocalDate(sap: "20261130"))
        let noon = TimeOfDay(sap: "120000")
        #expect(found.count == 4)
        #expect(found["0000"]?.0 == .some(nil) && found["0000"]?.1 == noon)
        #expect(found["0001"]?.0 == .some(nil) && found["0001"]?.1 == noon)
        #expect(found["0002"]?.0 == day && found["0002"]?.1 == .some(nil))
        #expect(found["0003"]?.0 == day && found["0003"]?.1 == .midnight)
    }

    @Test(
        "In a BAPI's structure an initial date or time is absent, and all other fields are read (case C003)")
    func initialStampsOfABAPI() async throws {
        let standIn = try await StandIn()
        try await standIn.put(
            "RBKP",
            [
                [
                    "MANDT": "100", "BELNR": "5105600001", "GJAHR": "2026", "BLDAT": "        ",
                    "BUDAT": "00000000", "CPUDT": "20261130", "CPUTM": "      ", "XBLNR": "INV-1",
                    "WAERS": "EUR", "RMWWR": "100.00", "LIFNR": "0000100001",
                ]
            ])
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        let answer = try await pool.whileRunning {
            try await source.call(
                "BAPI_INCOMINGINVOICE_GETDETAIL",
                ["INVOICEDOCNUMBER": .text("5105600001"), "FISCALYEAR": .text("2026")],
                results: ["HEADERDATA"])
        }
        let header = try answer.record("HEADERDATA")
        #expect(try header.date("DOC_DATE") == nil && header.date("PSTNG_DATE") == nil)
        #expect(try header.time("ENTRY_TIME") == nil)
        #expect(try header.date("ENTRY_DATE") == LocalDate(sap: "20261130"))
        #expect(try header.text("REF_DOC_NO") == "INV-1" && header.text("DIFF_INV") == "0000100001")
        #expect(try header.decimal("GROSS_AMNT") == ExactDecimal(parsing: "100"))
    }

    @Test("A sign behind a number stays with it, between -1 and 0 too (case C005)")
    func signs() async throws {
        let values = [("00010", "-0.023", "-15.20"), ("00020", "0", "0"), ("00030", "7.5", "-0.01")]
        let rows = try await read(
            "EKPO", ["EBELN", "EBELP", "MENGE", "NETWR"],
            values.map { ["EBELN": "4500000001", "EBELP": $0.0, "MENGE": $0.1, "NETWR": $0.2] })
        var found: [String: [ExactDecimal]] = [:]
        for row in rows {
            found[try row.text("EBELP")] = [try row.decimal("MENGE"), try row.decimal("NETWR")]
        }
        for (item, quantity, value) in values {
            #expect(try found[item] == [ExactDecimal(parsing: quantity), ExactDecimal(parsing: value)])
        }
    }

    @Test("A name of brackets and quotes comes as it is, and can be asked for (case C017)")
    func brackets() async throws {
        let names = ["<ABC>XYZ(1)", "O'Neil & Söhne", "A' OR LIFNR NE '"]
        for name in names {
            let rows = try await read(
                "LFA1", ["LIFNR", "NAME1", "ORT01"], where: .compare("NAME1", .equal, .text(name)),
                names.enumerated().map { ["LIFNR": "000010000\($0)", "NAME1": $1, "ORT01": "Town"] })
            #expect(try rows.map { try $0.text("NAME1") } == [name])
            #expect(try rows.map { try $0.text("ORT01") } == ["Town"])
        }
    }
}
