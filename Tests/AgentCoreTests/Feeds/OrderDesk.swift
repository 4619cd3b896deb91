import AgentCore
import ConnectorProtocol
import SAPAccess
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

/// The feed of orders under detection, over a SAP in memory and a spool of its own, after its baseline.
final class OrderDesk: Sendable {
    let world: FeedWorld
    let spool: Spool
    let poller: FeedPoller
    private let folder: TemporaryFolder
    private let hostTime: HostTime
    private static let source = "/sap/PRD/100"

    private final class HostTime: Sendable { let now = Mutex<Int64>(1_795_600_000_000) }

    /// - Parameter before: what SAP holds when it is polled for the first time.
    init(now: String = "20261125093000", before: (FeedWorld) -> Void = { _ in }) async throws {
        folder = try TemporaryFolder()
        world = try FeedWorld(now: now)
        before(world)
        let time = HostTime()
        hostTime = time
        spool = try await Spool.open(
            try await SQLiteDatabase.open(path: folder.file("spool.db")),
            clock: HostClock { time.now.withLock { $0 } })
        try await spool.hearCoverage([:])
        poller = FeedPoller(
            reader: try world.reader("purchase_order"), spool: spool, source: Self.source)
        _ = try await poller.poll()
    }

    /// Moves SAP's clock and the host's on together.
    func advance(_ seconds: Int64) {
        world.sap.content.withLock { $0.now = $0.now.moved(by: seconds) }
        hostTime.now.withLock { $0 += seconds * 1_000 }
    }

    /// Transition and subject of each fact about an order that was spooled, in order.
    func told() async throws -> [String] {
        let waiting = try await spool.database.read { sql in
            try sql.query("SELECT bytes FROM outbox WHERE kind = 'event' ORDER BY id").map { try $0.blob(0) }
        }
        return try waiting.map { try Event(bytes: $0) }.filter { $0.feed == "purchase_order" }
            .map { "\($0.transition) \($0.subject)" }
    }

    /// Key and error class of what waits in pending.
    func pending() async throws -> [String] {
        try await spool.database.read { sql in
            try sql.query("SELECT document_key, error_class FROM pending ORDER BY document_key").map { row in
                "\(try row.text(0)) \(try row.text(1))"
            }
        }
    }

    func count(_ table: String) async throws -> Int64? {
        try await spool.database.read { try $0.first("SELECT count(*) FROM \(table)")?.integer(0) }
    }
}
