import AgentCore
import ConnectorProtocol
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

@Suite("Feeds under detection")
struct FeedPollingTests {
    private static let sealer = Spool.Sealer(agent: "agent-1", source: "/sap/PRD/100")

    @Test("Polls tell each order, each change and each master once, masters first")
    func polls() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(path: folder.file("spool.db"))
        let spool = try await Spool.open(database, clock: HostClock { 1_795_600_000_000 })
        try await spool.hearCoverage([:])
        let world = try FeedWorld()
        world.putOrder("4500000001")
        let poller = FeedPoller(
            reader: try world.reader("purchase_order"), spool: spool, source: Self.sealer.source)
        _ = try await poller.poll()
        world.putOrder("4500000002")
        world.putChange(
            "4500000001", "0000001001", at: "20261125093010", [("EKPO", "MENGE", "5.000", "10.000")])
        let later = try #require(LocalDateTime(sap: "20261125093100"))
        world.sap.content.withLock { $0.now = later }
        for _ in 0..<3 { _ = try await poller.poll() }
        let batch = try #require(try await spool.nextBatch(.live, Self.sealer))
        let opened = try OpenedBatch(body: batch.body, manifestDigest: batch.digest)
        let events = try opened.events.map { try Event(bytes: $0.bytes) }
        #expect(
            events.map { "\($0.type) \($0.subject)" } == [
                "sap.vendor 100001", "sap.purchasing_group 001", "sap.user MILLER",
                "sap.purchase_order.created 4500000002", "sap.purchase_order.effective 4500000002",
                "sap.purchase_order.changed 4500000001",
            ])
        #expect(Set(events.map(\.feed)) == ["vendor", "purchasing_group", "user", "purchase_order"])
    }
}
