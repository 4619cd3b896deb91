import AgentCore
import ConnectorProtocol
import SAPAccess
import Synchronization
import Testing
import Values

@Suite("Collected cases of SAP's rows and answers, as feeds meet them")
struct FeedCaseTests {
    private static func order(_ world: FeedWorld) async throws -> ReadRecord {
        let outcome = try await world.reader("purchase_order")
            .read([try key("4500000001")], stream: "purchase_order.created").first
        return try ReadRecord(try #require(outcome?.facts?.first))
    }

    private static func invoice(_ world: FeedWorld) async throws -> ReadRecord {
        let outcome = try await world.reader("vendor_invoice")
            .read([try key("51056000012026", "20261125092501")], stream: "vendor_invoice.received").first
        return try ReadRecord(try #require(outcome?.facts?.first))
    }

    @Test(
        "A blank date or time of a row is absent, zeros beside a date are midnight, the row is told (case C001)",
        arguments: [
            ("        ", "      ", nil, nil), ("00000000", "      ", nil, nil),
            ("20261120", "000000", "2026-11-20", "00:00:00"), ("20261120", "      ", "2026-11-20", nil),
        ] as [(String, String, String?, String?)])
    func initialDates(date: String, time: String, told: String?, entered: String?) async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001", ["BLDAT": date, "CPUTM": time])
        let record = try await Self.invoice(world)
        #expect(record["document_date"] == told && record["entered_at"] == entered)
        #expect(record["number"] == "5105600001" && record["gross_amount"] == "297.50")
    }

    @Test(
        "An initial date of a function module is absent, and all else is read (case C003)",
        arguments: ["        ", "00000000", ""])
    func initialAnswer(date: String) async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001")
        world.sap.content.withLock { content in
            content.answers["BAPI_INCOMINGINVOICE_GETDETAIL 5105600001"] = [
                "HEADERDATA": .record([
                    "GROSS_AMNT": .text("297.5000"), "BLINE_DATE": .text(date), "PMNT_BLOCK": .text("A"),
                ]),
                "RETURN": .table([["TYPE": .text(""), "NUMBER": .text("000")]]),
            ]
        }
        let record = try await Self.invoice(world)
        #expect(record["baseline_date"] == nil && record["due_date"] == nil)
        #expect(record["gross_amount"] == "297.50" && record["payment_block"] == "A")
    }

    @Test(
        "A number keeps the sign that stands behind it, below one too (case C005)",
        arguments: [("       0.023-", "-0.023"), ("      15.200-", "-15.200"), ("       0.000-", "0.000")])
    func trailingSign(text: String, quantity: String) async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001")
        world.sap.change("EKPO", where: "EBELP", is: "00010") { $0["MENGE"] = text }
        #expect(try await Self.order(world).records("items").first?["quantity"] == quantity)
    }

    @Test(
        "An amount is what SAP's own decimals of its currency say, not ISO's (case C011)",
        arguments: [("HUF", "0.01", "1"), ("JPY", "100.00", "10000"), ("EUR", "1.00", "1.00")])
    func ownDecimals(currency: String, stored: String, told: String) async throws {
        let world = try FeedWorld()
        world.sap.put("TCURX", ["CURRKEY": "HUF", "CURRDEC": "  0 "])
        world.putOrder("4500000001", currency: currency)
        world.sap.change("EKPO", where: "EBELP", is: "00010") { $0["NETWR"] = "     \(stored) " }
        world.sap.change("EKPO", where: "EBELP", is: "00030") { $0["LOEKZ"] = "L" }
        let record = try await Self.order(world)
        #expect(record["total_net"] == told && record["currency"] == currency)
        #expect(record.records("items").first?["net_value"] == told)
    }

    @Test("Long digits are texts: two keys that are one as numbers are two documents (case C015)")
    func longDigits() async throws {
        let keys = ["000000000000009007199254740992", "000000000000009007199254740993"]
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        for key in keys { world.sap.commit(key) }
        try await agent.settle(rounds: 2)
        #expect(world.relay.heldSubjects == keys.flatMap { ["\($0) posted", "\($0) received"] })
        #expect(world.relay.state.withLock { $0.everJournaled.values.allSatisfy { $0 == 1 } })
    }

    @Test("A name with angle brackets is told as it stands (case C017)")
    func brackets() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001")
        world.sap.change("LFA1", where: "LIFNR", is: "0000100001") { $0["NAME1"] = "<ABC>XYZ(1)" }
        #expect(try await Self.order(world)["vendor_name"] == "<ABC>XYZ(1)")
        let vendor = try await world.reader("purchase_order")
            .readMasters([MasterReference(feed: "vendor", key: "0000100001")]).first
        guard case .read(let draft) = vendor else { throw Unexpected() }
        #expect(try ReadRecord(draft)["name"] == "<ABC>XYZ(1)")
    }
}
