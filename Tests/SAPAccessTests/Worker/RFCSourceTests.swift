import Foundation
import SAPAccess
import TestSupport
import Testing
import Values

@Suite("Reading SAP through a worker")
struct RFCSourceTests {
    private static let allowed = AllowList(
        tables: [
            "EKKO": ["EBELN", "BUKRS", "AEDAT", "ERNAM", "LIFNR", "WAERS", "LOEKZ"],
            "EKPO": ["EBELN", "EBELP", "TXZ01", "NETWR", "LOEKZ"],
        ],
        functions: ["BAPI_PO_GETDETAIL1": ["PURCHASEORDER", "POHEADER", "POITEM", "RETURN"]])

    private func orders(_ numbers: Range<Int>) -> [[String: String]] {
        numbers.map { number in
            [
                "MANDT": "100", "EBELN": String(4_500_000_000 + number), "BUKRS": "1000", "BSTYP": "F",
                "AEDAT": "20261105", "ERNAM": "MUELLER", "LIFNR": "0000004711", "WAERS": "EUR",
            ]
        }
    }

    @Test("All orders of a day are read, by splitting the range where a call brings too many")
    func readsOrders() async throws {
        let standIn = try await StandIn()
        try await standIn.put("EKKO", orders(0..<300))
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        let rows = try await pool.whileRunning {
            let day = try #require(LocalDate(sap: "20261105"))
            return try await source.readTable(
                TableQuery(
                    table: "EKKO", columns: ["EBELN", "AEDAT", "LIFNR"],
                    condition: .stamped(
                        date: "AEDAT", time: nil, from: LocalDateTime(day), through: LocalDateTime(day)),
                    rowLimit: 100))
        }
        #expect(rows.count == 300)
        #expect(Set(try rows.map { try $0.text("EBELN") }).count == 300)
        #expect(try rows.allSatisfy { try $0.text("LIFNR") == "0000004711" })
        #expect(try await standIn.calls()["(logon)"] == 1)
    }

    @Test("SAP's clock and zone, and the identity of system and client, come from SAP")
    func identity() async throws {
        let standIn = try await StandIn()
        try await standIn.post("clock", #"{"shiftSeconds": 86400}"#)
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: AllowList())
        let (now, system) = try await pool.whileRunning {
            (try await source.sapNow(), try await source.systemInformation())
        }
        #expect(now.offsetSeconds == 3600)
        let expected = Int64(Date().timeIntervalSince1970) + 86_400 + 3600
        #expect(abs(now.local.secondsSinceEpoch - expected) < 30)
        #expect(system.systemID == "SIM")
        #expect(system.client == "100" && system.user == "MLCONN")
        #expect(system.isProduction && system.zoneSeconds == 3600 && !system.daylightSaving)
        #expect(system.codePage == "4103")
    }

    @Test("A user who may not call the module with the typed clock gets SAP's time from the other one")
    func textClock() async throws {
        let standIn = try await StandIn()
        try await standIn.post("faults", #"{"kind":"deny_function","name":"STFC_STRUCTURE"}"#)
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: AllowList())
        let instants = try await pool.whileRunning {
            [try await source.sapNow(), try await source.sapNow()]
        }
        for instant in instants {
            let expected = Int64(Date().timeIntervalSince1970) + 3600
            #expect(abs(instant.local.secondsSinceEpoch - expected) < 30)
        }
        #expect(try await standIn.calls()["STFC_STRUCTURE"] == 1)
    }

    @Test("What the feed files do not name never leaves, and no module that reads tables is called by name")
    func allowList() async throws {
        let standIn = try await StandIn()
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        await #expect(throws: SAPAccessError.notAllowed(what: "column EKKO-ZTERM")) {
            try await source.readTable(
                TableQuery(table: "EKKO", columns: ["EBELN", "ZTERM"], condition: .everything))
        }
        await #expect(throws: SAPAccessError.notAllowed(what: "function RFC_READ_TABLE")) {
            try await source.call("RFC_READ_TABLE", [:], results: ["DATA"])
        }
        #expect(try await standIn.calls().isEmpty)
    }

    @Test("A blank flag as last column, and a row of blanks, leave all other cells intact (case C006)")
    func blankTail() async throws {
        let standIn = try await StandIn()
        let item = ["MANDT": "100", "EBELN": "4500000001", "TXZ01": "Bolt, iron", "NETWR": "12.50"]
        try await standIn.put(
            "EKPO",
            [
                item.merging(["EBELP": "00010", "LOEKZ": ""]) { $1 },
                item.merging(["EBELP": "00020", "LOEKZ": "L"]) { $1 },
                ["MANDT": "100", "EBELN": "", "EBELP": "", "TXZ01": "", "LOEKZ": ""],
            ])
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        let rows = try await pool.whileRunning {
            try await source.readTable(
                TableQuery(
                    table: "EKPO", columns: ["EBELN", "EBELP", "TXZ01", "LOEKZ"], condition: .everything))
        }
        let cells = try Dictionary(
            uniqueKeysWithValues: rows.map {
                (try $0.text("EBELP"), [try $0.text("EBELN"), try $0.text("TXZ01"), try $0.text("LOEKZ")])
            })
        #expect(cells["00010"] == ["4500000001", "Bolt, iron", ""])
        #expect(cells["00020"] == ["4500000001", "Bolt, iron", "L"])
        #expect(rows.count == 3)
    }

    @Test(
        "A RETURN table is data, whatever it holds, and an order without items comes back as such (case C012)"
    )
    func emptyDetail() async throws {
        let standIn = try await StandIn()
        try await standIn.put("EKKO", orders(1..<2))
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        let (known, unknown) = try await pool.whileRunning {
            let results = ["POHEADER", "POITEM", "RETURN"]
            return (
                try await source.call(
                    "BAPI_PO_GETDETAIL1", ["PURCHASEORDER": .text("4500000001")], results: results),
                try await source.call(
                    "BAPI_PO_GETDETAIL1", ["PURCHASEORDER": .text("4599999999")], results: results)
            )
        }
        #expect(try known.record("POHEADER").text("PO_NUMBER") == "4500000001")
        #expect(try known.table("POITEM").isEmpty)
        #expect(try known.table("RETURN").isEmpty)
        #expect(try unknown.record("POHEADER").text("PO_NUMBER").isEmpty)
        #expect(try unknown.table("RETURN").first?.text("TYPE") == "E")
    }

    @Test(
        "A table that the user may not read is said to be a matter of authorisation, and the connection stays"
    )
    func denied() async throws {
        let standIn = try await StandIn()
        try await standIn.post("faults", #"{"kind":"deny_table","name":"EKKO"}"#)
        let pool = try standIn.pool()
        let source = RFCSource(pool: pool, allowList: Self.allowed)
        try await pool.whileRunning {
            await #expect {
                try await source.readTable(
                    TableQuery(table: "EKKO", columns: ["EBELN"], condition: .everything))
            } throws: { error in
                guard case SAPAccessError.rfc(let problem) = error else { return false }
                return problem.isNotAuthorized && problem.kind == .configuration
            }
            _ = try await source.readTable(
                TableQuery(table: "EKPO", columns: ["EBELN"], condition: .everything))
        }
        #expect(try await standIn.calls()["(logon)"] == 1)
    }
}
