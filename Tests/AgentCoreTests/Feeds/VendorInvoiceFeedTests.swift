import AgentCore
import ConnectorProtocol
import SAPAccess
import Synchronization
import Testing
import Values

@Suite("The feed of vendor invoices")
struct VendorInvoiceFeedTests {
    private static let stream = "vendor_invoice.received"

    private static func read(_ world: FeedWorld, _ numbers: String...) async throws -> [DocumentOutcome] {
        let keys = try numbers.map { try key($0 + "2026", "20261125092501") }
        return try await world.reader("vendor_invoice").read(keys, stream: stream)
    }

    @Test("A posted invoice is received and posted, with its FI document and the dates that money is due on")
    func posted() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001")
        world.putInvoice("5105600001")
        let reader = try world.reader("vendor_invoice")
        let found = try await reader.keys(
            stream: Self.stream, from: try #require(LocalDateTime(sap: "20261125092501")),
            through: try #require(LocalDateTime(sap: "20261125092501")))
        #expect(found == [try key("51056000012026")])
        let outcome = try #require(await reader.read(found, stream: Self.stream).first)
        #expect(outcome.names == ["received/1", "posted/1"] && outcome.watch == nil)
        let drafts = try #require(outcome.facts)
        #expect(
            drafts.map(\.businessKey)
                == Array(
                    repeating: "vendor_invoice:5105600001/2026@20261125/092501", count: 2))
        #expect(drafts.map { "\($0.time)" } == ["2026-11-25 09:25:01", "2026-11-25 09:25:02"])
        #expect(drafts[0].reference == "R-2026/17" && drafts[0].subject == "5105600001")
        let record = try ReadRecord(drafts[1])
        #expect(record["gross_amount"] == "297.50" && record["amount_due"] == "297.50")
        #expect(record["tax_amount"] == "47.50" && record["currency"] == "EUR")
        #expect(record["accounting_document"] == "5100000017" && record["accounting_year"] == "2026")
        #expect(record["baseline_date"] == "2026-11-20" && record["due_date"] == "2026-12-20")
        #expect(record["discount_date_1"] == "2026-12-04" && record["discount_percent_1"] == "2.000")
        #expect(record["discount_date_2"] == nil && record["discount_percent_2"] == nil)
        #expect(record["purchase_orders"] == "4500000001" && record["purchasing_group"] == "001")
        #expect(record["entered_at"] == "09:25:01" && record["payment_block"] == "R")
        #expect(record["credit_memo"] == "false" && record["one_time_vendor"] == "false")
        #expect(record.records("buyer").first?["user"] == "MILLER")
        let item = try #require(record.records("items").first)
        #expect(
            item["amount"] == "250.00" && item["blocked"] == "true" && item["purchase_order_item"] == "00010")
    }

    @Test("The BAPI's amount is taken as it is, the table's is shifted")
    func yen() async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001", currency: "JPY", gross: "29750.0000")
        let facts = try await Self.read(world, "5105600001")[0].facts
        let record = try ReadRecord(try #require(facts?.first))
        #expect(record["gross_amount"] == "29750" && record["tax_amount"] == "4750")
        #expect(record.records("items").first?["amount"] == "25000")
    }

    @Test(
        "What RBSTAT says decides what is told and what is waited for",
        arguments: [
            ("A", ["received/1"], WatchReason.awaitingPosting), ("E", ["received/1"], .awaitingPosting),
            ("3", ["received/1"], .awaitingPosting), ("", ["received/1", "posted/1"], nil),
            ("5", ["received/1", "posted/1"], nil), ("2", [], nil),
        ] as [(String, [String], WatchReason?)])
    func status(status: String, names: [String], watch: WatchReason?) async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001", status: status, isPosted: names.count == 2)
        let outcome = try await Self.read(world, "5105600001")[0]
        #expect(outcome.names == names && outcome.watch == watch)
    }

    @Test("Parked today and posted tomorrow, an invoice has one key and tells each fact under one name")
    func parkedThenPosted() async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001", status: "C", isPosted: false)
        guard case .notFinal(.held) = try await Self.read(world, "5105600001")[0] else { throw Unexpected() }
        #expect(!world.sap.log.contains("BAPI_INCOMINGINVOICE_GETDETAIL"))
        world.sap.change("RBKP", where: "BELNR", is: "5105600001") { $0["RBSTAT"] = "A" }
        let parked = try await Self.read(world, "5105600001")[0]
        world.sap.change("RBKP", where: "BELNR", is: "5105600001") { $0["RBSTAT"] = "5" }
        let unseen = try await Self.read(world, "5105600001")[0]
        #expect(unseen.names == ["received/1"] && unseen.watch == .awaitingPosting)
        world.putPosting("5105600001")
        let posted = try await Self.read(world, "5105600001")[0]
        #expect(posted.names == ["received/1", "posted/1"] && posted.watch == nil)
        let keys = [parked, unseen, posted].flatMap { ($0.facts ?? []).map(\.businessKey) }
        #expect(Set(keys).count == 1)
    }

    @Test("A reversal is no invoice; a credit memo has no amount due, and is due on its baseline date")
    func reversalAndCredit() async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001", ["TCODE": "MR8M", "XRECH": ""])
        world.putInvoice("5105600002", ["XRECH": ""])
        world.putInvoice("5105600003", ["STBLG": "5105600001", "STJAH": "2026"])
        let outcomes = try await Self.read(world, "5105600001", "5105600002", "5105600003")
        #expect(outcomes.map(\.names.count) == [0, 2, 2])
        let record = try ReadRecord(try #require(outcomes[1].facts?.first))
        #expect(record["credit_memo"] == "true" && record["amount_due"] == nil)
        #expect(record["due_date"] == "2026-11-20")
    }

    @Test("An invoice that SAP refuses to show costs itself alone")
    func refused() async throws {
        let world = try FeedWorld()
        for number in 1...3 { world.putInvoice("510560000\(number)") }
        func refuse(_ number: String, _ id: String, _ code: String) {
            world.sap.content.withLock { content in
                content.answers["BAPI_INCOMINGINVOICE_GETDETAIL \(number)"] = [
                    "RETURN": .table([
                        ["TYPE": .text("E"), "ID": .text(id), "NUMBER": .text(code), "MESSAGE": .text("No")]
                    ])
                ]
            }
        }
        refuse("5105600001", "M8", "184")
        refuse("5105600002", "M8", "500")
        let outcomes = try await Self.read(world, "5105600001", "5105600002", "5105600003")
        guard case .notVisible = outcomes[0] else { throw Unexpected() }
        #expect(outcomes[1].errorClass == "rejected" && outcomes[2].names.count == 2)
        world.sap.content.withLock { content in
            content.failures["BAPI_INCOMINGINVOICE_GETDETAIL"] = .rfc(
                RFCError(
                    operation: "RfcInvoke", origin: .call, code: .abapRuntimeFailure, key: "RFC_NO_AUTHORITY")
            )
        }
        let refused = try await Self.read(world, "5105600003")[0]
        #expect(refused.errorClass == "not_authorized")
    }

    @Test("A structure that lacks a name of later releases makes a field absent, and no failure")
    func missingNames() async throws {
        let world = try FeedWorld()
        world.putInvoice("5105600001")
        world.sap.content.withLock { content in
            content.answers["BAPI_INCOMINGINVOICE_GETDETAIL 5105600001"] = [
                "HEADERDATA": .record(["GROSS_AMNT": .text("297.5000")]), "RETURN": .table([]),
            ]
        }
        let facts = try await Self.read(world, "5105600001")[0].facts
        let record = try ReadRecord(try #require(facts?.first))
        #expect(
            record["gross_amount"] == "297.50" && record["due_date"] == nil && record["payment_block"] == nil)
    }
}
