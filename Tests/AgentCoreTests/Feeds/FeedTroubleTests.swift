import AgentCore
import ConnectorProtocol
import SAPAccess
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

@Suite("Feeds over a SAP in trouble")
struct FeedTroubleTests {
    private static let created = "purchase_order.created"
    private static let changed = "purchase_order.changed"

    @Test("A change document that SAP cannot show costs itself alone")
    func poisonedChange() async throws {
        let world = try FeedWorld()
        var keys: [StampedKey] = []
        for number in 1...3 {
            let (order, change) = ("450000000\(number)", "000000100\(number)")
            world.putOrder(order)
            world.putChange(
                order, change, at: "20261125093010", [("EKPO", "TXZ01", "", number == 2 ? "BROKEN" : "Bolt")])
            keys.append(try key(order, "20261125093010", version: change + "20261125093010"))
        }
        world.sap.content.withLock { $0.poison = "BROKEN" }
        let outcomes = try await world.reader("purchase_order").read(keys, stream: Self.changed)
        #expect(outcomes.map(\.errorClass) == [nil, "rejected", nil])
        #expect(outcomes.map(\.names.count) == [1, 0, 1])
    }

    @Test("A document at which SAP hangs, or a worker dies, costs itself alone as long as SAP answers else")
    func hangs() async throws {
        let world = try FeedWorld()
        for number in 1...3 { world.putOrder("450000000\(number)") }
        world.sap.change("EKPO", where: "EBELN", is: "4500000002") { $0["TXZ01"] = "HANGS" }
        world.sap.content.withLock { content in
            content.poison = "HANGS"
            content.poisonError = .workerLost(reason: "signal 11")
        }
        let keys = try (1...3).map { try key("450000000\($0)") }
        let outcomes = try await world.reader("purchase_order").read(keys, stream: Self.created)
        #expect(outcomes.map(\.errorClass) == [nil, "no_answer", nil])
        #expect(outcomes[2].names == ["created/1", "effective/1"])
    }

    @Test("Many documents at which SAP hangs cost a few deadlines a try, and no other waits with them")
    func hangsOften() async throws {
        let desk = try await OrderDesk()
        for number in 10..<30 { desk.world.putOrder("45000000\(number)") }
        for number in 10..<20 {
            desk.world.sap.change("EKPO", where: "EBELN", is: "45000000\(number)") { $0["TXZ01"] = "HANGS" }
        }
        desk.world.sap.content.withLock { content in
            content.poison = "HANGS"
            content.poisonError = .deadline(what: "RFC_READ_TABLE")
        }
        desk.advance(60)
        await #expect(throws: SAPAccessError.self) { _ = try await desk.poller.poll() }
        #expect(try await desk.pending().count { $0.hasSuffix("no_answer") } == 3)
        for _ in 0..<4 {
            desk.advance(15)
            _ = try? await desk.poller.poll()
        }
        #expect(try await desk.told().count == 20)
        #expect(try await desk.pending() == (10..<20).map { "45000000\($0) no_answer" })
    }

    @Test("A read of stamps that never ends stops no other stream, as long as SAP answers else")
    func endlessStream() async throws {
        let desk = try await OrderDesk()
        desk.world.putOrder("4500000001")
        desk.world.putChange("4500000001", "0000001001", at: "20261125093010", [("EKPO", "MENGE", "5", "6")])
        desk.advance(60)
        let endless = SAPAccessError.deadline(what: "RFC_READ_TABLE")
        desk.world.sap.content.withLock { $0.keyFailures["EKKO"] = endless }
        await #expect(throws: endless) { _ = try await desk.poller.poll() }
        #expect(try await desk.told() == ["changed 4500000001"])
        desk.world.sap.content.withLock { content in
            content.keyFailures = [:]
            content.failures["now"] = endless
        }
        await #expect(throws: endless) { _ = try await desk.poller.poll() }
        #expect(try await desk.told().count == 1)
    }

    @Test("SAP goes in the middle of a poll: what was read stays, and the rest is found again at once")
    func goesMidway() async throws {
        let desk = try await OrderDesk()
        for number in 10..<55 { desk.world.putOrder("45000000\(number)") }
        desk.advance(60)
        // The keys, one chunk of twenty with its masters, and a part of the second chunk.
        desk.world.sap.content.withLock { $0.readsUntilGone = $0.reads + 21 }
        await #expect(throws: SAPAccessError.self) { _ = try await desk.poller.poll() }
        #expect(try await desk.count("ledger") == 20)
        #expect(try await desk.count("pending") == 0)
        desk.world.sap.content.withLock { $0.readsUntilGone = .max }
        _ = try await desk.poller.poll()
        let told = try await desk.told()
        #expect(Set(told).count == 90 && told.count == 90)
    }

    @Test("A stamp that stands in no calendar costs its own document, and stops no neighbour")
    func impossibleStamp() async throws {
        let desk = try await OrderDesk(now: "20261201093000") {
            $0.putOrder("4500000001", created: "20261131")
        }
        desk.world.putOrder("4500000002", created: "20261201")
        desk.world.putChange("4500000002", "0000001001", at: "20261201259999", [("EKPO", "MENGE", "5", "6")])
        let found = try await desk.world.reader("purchase_order").keys(
            stream: Self.created, from: try #require(LocalDateTime(sap: "20261130000000")),
            through: try #require(LocalDateTime(sap: "20261201235959")))
        #expect(found.map(\.stamp.date.description) == ["2026-11-30", "2026-12-01"])
        desk.advance(16 * 3_600)
        _ = try await desk.poller.poll()
        #expect(try await desk.told() == ["created 4500000002", "effective 4500000002"])
        #expect(try await desk.pending() == ["4500000002 unreadable"])
    }

    @Test("A held order that is completed is told at the poll that finds the change, and before it")
    func completed() async throws {
        let desk = try await OrderDesk()
        desk.world.putOrder("4500000001", ["MEMORY": "X"])
        desk.advance(60)
        _ = try await desk.poller.poll()
        #expect(try await desk.told().isEmpty)
        desk.world.sap.change("EKKO", where: "EBELN", is: "4500000001") { $0["MEMORY"] = "" }
        desk.world.putChange(
            "4500000001", "0000001001", at: "20261125093110",
            [("EKKO", "MEMORY", "X", ""), ("EKPO", "MENGE", "5", "6")])
        // The order's own turn to be read again has not come.
        desk.world.sap.content.withLock { $0.now = $0.now.moved(by: 60) }
        _ = try await desk.poller.poll()
        #expect(
            try await desk.told() == ["created 4500000001", "effective 4500000001", "changed 4500000001"])
    }

    @Test("One look at the headers shows which of the watched documents wait no longer")
    func stirred() async throws {
        let world = try FeedWorld()
        for (number, status) in [(1, "A"), (2, "5"), (3, "C"), (4, "2")] {
            world.putInvoice("510560000\(number)", status: status, isPosted: false)
        }
        let invoices = try (1...5).map { try key("510560000\($0)2026", "20261125092501") }
        let invoiced = try await world.reader("vendor_invoice").stirred(
            invoices, stream: "vendor_invoice.received")
        #expect(invoiced.map(\.documentKey) == ["51056000022026", "51056000042026"])
        #expect(world.sap.log == ["RBKP"])
        world.putOrder("4500000001", ["MEMORY": "X"])
        world.putOrder("4500000002", ["FRGGR": "02", "FRGSX": "S1", "FRGRL": "X"])
        world.putOrder("4500000003", ["FRGGR": "02", "FRGSX": "S1", "FRGRL": "X", "LOEKZ": "L"])
        world.putOrder("4500000004", ["FRGGR": "02", "FRGSX": "S1"])
        let orders = try (1...4).map { try key("450000000\($0)") }
        let ordered = try await world.reader("purchase_order").stirred(orders, stream: Self.created)
        #expect(ordered.map(\.documentKey) == ["4500000003", "4500000004"])
    }

    @Test("A detail that is empty, with a message that says nothing, is no detail (case C012)")
    func emptyDetail() async throws {
        let world = try FeedWorld()
        for number in 1...2 { world.putInvoice("510560000\(number)") }
        world.sap.content.withLock { content in
            content.answers["BAPI_INCOMINGINVOICE_GETDETAIL 5105600001"] = [
                "HEADERDATA": .record([
                    "INV_DOC_NO": .text(""), "GROSS_AMNT": .text("0.0000"), "BLINE_DATE": .text("00000000"),
                ]),
                "RETURN": .table([["TYPE": .text(""), "NUMBER": .text("000")]]),
            ]
        }
        let keys = try (1...2).map { try key("510560000\($0)2026", "20261125092501") }
        let outcomes = try await world.reader("vendor_invoice").read(keys, stream: "vendor_invoice.received")
        #expect(outcomes.map(\.errorClass) == ["detail_empty", nil])
        world.putOrder("4500000001")
        world.sap.change("EKPO", where: "EBELP", is: "00010") { $0["KNTTP"] = "K" }
        world.sap.content.withLock { content in
            content.answers["BAPI_PO_GETDETAIL1 4500000001"] = [
                "POITEM": .table([]), "POACCOUNT": .table([]), "RETURN": .table([]),
            ]
        }
        let order = try await world.reader("purchase_order")
            .read([try key("4500000001")], stream: Self.created)
        #expect(order.map(\.errorClass) == ["detail_empty"])
    }
}
