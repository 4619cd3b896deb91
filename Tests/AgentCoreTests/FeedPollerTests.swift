import AgentCore
import ConnectorProtocol
import Cryptography
import SAPAccess
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

/// A SAP of one table in memory: rows appear when a test commits them, whatever stamp they carry.
private final class TableReader: FeedReader {
    struct Content: Sendable {
        var now: LocalDateTime
        var rows: [StampedKey] = []
        var unreadable: Set<String> = []
        var reads: [String] = []
    }
    let content: Mutex<Content>
    let feed = "purchase_order"
    let streams: [FeedStream]
    /// A stream whose table SAP refuses.
    private let refused = "purchase_order.changed"
    private let schema: EventSchema

    init(now: LocalDateTime, withRefusedStream: Bool = false) throws {
        content = Mutex(Content(now: now))
        streams =
            (withRefusedStream
                ? [FeedStream(name: refused, kind: .changeDocument, isDateOnly: false)] : [])
            + [FeedStream(name: "purchase_order.created", kind: .once, isDateOnly: false)]
        schema = try EventSchema(
            type: "sap.purchase_order.created", fields: [FieldSchema("number", 1, .key, maxLength: 10)])
    }

    func sapNow() async throws -> SAPInstant {
        SAPInstant(local: content.withLock { $0.now }, offsetSeconds: 3_600)
    }

    func keys(stream: String, from: LocalDateTime, through: LocalDateTime) async throws -> [StampedKey] {
        if stream == refused { throw SAPAccessError.notAllowed(what: "table CDHDR") }
        return content.withLock { content in content.rows.filter { from <= $0.stamp && $0.stamp <= through } }
    }

    func read(_ keys: [StampedKey], stream: String) async -> [DocumentOutcome] {
        content.withLock { content in
            keys.map { key in
                content.reads.append(key.documentKey)
                if content.unreadable.contains(key.documentKey) {
                    return .failed(errorClass: "not_authorized", sentence: "No authorisation.")
                }
                let draft = DraftEvent(
                    type: schema.type, businessKey: "purchase_order:\(key.documentKey)",
                    transition: "created",
                    version: .once, subject: key.documentKey, time: key.stamp, timeIsDateOnly: false,
                    offsetSeconds: 3_600, schema: schema, data: [10, 1, 65])
                return .events([draft], masters: [], watch: nil)
            }
        }
    }

    func stirred(_ keys: [StampedKey], stream: String) async throws -> [StampedKey] { [] }

    func readMasters(_ references: [MasterReference]) async -> [MasterOutcome] {
        references.map { _ in .absent }
    }
}

@Suite("One feed is polled")
struct FeedPollerTests {
    private struct Killed: Error {}
    private static let sealer = Spool.Sealer(agent: "agent-1", source: "/sap/PRD/100")

    private static func at(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    private static func open(_ folder: TemporaryFolder, hostTime: Int64 = 1_795_600_000_000) async throws
        -> Spool
    {
        let database = try await SQLiteDatabase.open(path: folder.file("spool.db"))
        return try await Spool.open(database, clock: HostClock { hostTime })
    }

    /// Subjects of all events that the spool would send, batch by batch.
    private static func told(_ spool: Spool) async throws -> [String] {
        guard let batch = try await spool.nextBatch(.live, sealer) else { return [] }
        let opened = try OpenedBatch(body: batch.body, manifestDigest: batch.digest)
        return try opened.events.map { try Event(bytes: $0.bytes).subject }
    }

    @Test("Before the relay has said what it covers, nothing is read")
    func waitsForCoverage() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        let reader = try TableReader(now: try Self.at("20261125093000"))
        _ = try await FeedPoller(reader: reader, spool: spool, source: Self.sealer.source).poll()
        let hasWork = try await spool.hasWork(.live)
        #expect(!hasWork)
    }

    @Test("History is baseline, a row committed late is found, and an unreadable one waits alone (H9)")
    func lateCommit() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        try await spool.hearCoverage([:])
        let reader = try TableReader(now: try Self.at("20261125093000"))
        let poller = FeedPoller(reader: reader, spool: spool, source: Self.sealer.source)
        let old = StampedKey(documentKey: "1", stamp: try Self.at("20261124120000"))
        reader.content.withLock { $0.rows = [old] }
        _ = try await poller.poll()
        let late = StampedKey(documentKey: "2", stamp: try Self.at("20261125092500"))
        let shut = StampedKey(documentKey: "3", stamp: try Self.at("20261125092600"))
        let now = try Self.at("20261125093100")
        reader.content.withLock { content in
            content.rows += [late, shut]
            content.unreadable = ["3"]
            content.now = now
        }
        _ = try await poller.poll()
        let subjects = try await Self.told(spool)
        #expect(subjects == ["2"])
        let later = try await Self.open(folder, hostTime: 1_795_600_100_000)
        reader.content.withLock { $0.unreadable = [] }
        _ = try await FeedPoller(reader: reader, spool: later, source: Self.sealer.source).poll()
        let due = try await later.duePending("purchase_order.created", limit: 10)
        #expect(due.isEmpty)
        let reads = reader.content.withLock { $0.reads }
        #expect(reads == ["2", "3", "3"])
    }

    @Test("A stream whose table SAP refuses stops no other, and is told")
    func refusedStream() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        try await spool.hearCoverage([:])
        let reader = try TableReader(now: try Self.at("20261125093000"), withRefusedStream: true)
        let poller = FeedPoller(reader: reader, spool: spool, source: Self.sealer.source)
        await #expect(throws: SAPAccessError.notAllowed(what: "table CDHDR")) { _ = try await poller.poll() }
        let row = StampedKey(documentKey: "8", stamp: try Self.at("20261125093030"))
        let now = try Self.at("20261125093100")
        reader.content.withLock { content in
            content.rows = [row]
            content.now = now
        }
        _ = try? await poller.poll()
        let subjects = try await Self.told(spool)
        #expect(subjects == ["8"])
    }

    @Test("A poll whose lease goes stops before its next slice, and the next one reads it")
    func leaseLost() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        try await spool.hearCoverage([:])
        let reader = try TableReader(now: try Self.at("20261125093000"))
        _ = try await FeedPoller(reader: reader, spool: spool, source: Self.sealer.source).poll()
        let row = StampedKey(documentKey: "9", stamp: try Self.at("20261125093030"))
        let now = try Self.at("20261125093100")
        reader.content.withLock { content in
            content.rows = [row]
            content.now = now
        }
        let asked = Mutex(0)
        let losing = FeedPoller(
            reader: reader, spool: spool, source: Self.sealer.source,
            mayGoOn: {
                asked.withLock { asked in
                    asked += 1
                    return asked == 1
                }
            })
        let end = try await losing.poll()
        #expect(end == .stopped)
        #expect(reader.content.withLock { $0.reads }.isEmpty)
        _ = try await FeedPoller(reader: reader, spool: spool, source: Self.sealer.source).poll()
        let subjects = try await Self.told(spool)
        #expect(subjects == ["9"])
    }

    @Test("A first start sets its week down a day at a time, and one that was killed in it begins anew")
    func baselineByDay() async throws {
        let spool = try await Self.open(try TemporaryFolder())
        try await spool.hearCoverage([:])
        let reader = try TableReader(now: try Self.at("20261125093000"))
        let week = try (18...25).map { day in
            StampedKey(documentKey: "\(day)", stamp: try Self.at("202611\(day)093000"))
        }
        reader.content.withLock { $0.rows = week }
        let reads = Mutex(0)
        let doomed = FeedPoller(
            reader: reader, spool: spool, source: Self.sealer.source,
            kill: KillSwitch { point in
                guard point == .readKeys else { return }
                let count = reads.withLock { reads in
                    reads += 1
                    return reads
                }
                if count == 4 { throw Killed() }
            })
        await #expect(throws: Killed.self) { _ = try await doomed.poll() }
        #expect(try await spool.unseen(week, stream: "purchase_order.created").count == 4)
        _ = try await FeedPoller(reader: reader, spool: spool, source: Self.sealer.source).poll()
        #expect(try await spool.unseen(week, stream: "purchase_order.created").isEmpty)
        #expect(try await Self.told(spool).isEmpty)
    }

    @Test("A baseline that was not finished hides nothing from a start where the relay has coverage")
    func baselineThenCoverage() async throws {
        let spool = try await Self.open(try TemporaryFolder())
        let stream = "purchase_order.created"
        let reader = try TableReader(now: try Self.at("20261125093000"))
        let row = StampedKey(documentKey: "7", stamp: try Self.at("20261124130000"))
        reader.content.withLock { $0.rows = [row] }
        try await spool.recordBaseline([row], stream: stream)
        let covered = try Self.at("20261124120000")
        try await spool.hearCoverage([stream: [.recent: covered, .hourly: covered, .nightly: covered]])
        let poller = FeedPoller(reader: reader, spool: spool, source: Self.sealer.source)
        let preview = try await poller.preview()
        #expect(preview.streams.map(\.isBaseline) == [false])
        _ = try await poller.poll()
        #expect(try await Self.told(spool) == ["7"])
    }

    @Test("Another system that was accepted begins with its own baseline; what was read before still goes")
    func otherSystem() async throws {
        let spool = try await Self.open(try TemporaryFolder())
        try await spool.hearCoverage([:])
        let reader = try TableReader(now: try Self.at("20261125093000"))
        let poller = FeedPoller(reader: reader, spool: spool, source: Self.sealer.source)
        _ = try await poller.poll()
        let rows = try ["1", "2", "3"].map {
            StampedKey(documentKey: $0, stamp: try Self.at("20261125093030"))
        }
        let now = try Self.at("20261125093100")
        reader.content.withLock { content in
            content.now = now
            content.rows = Array(rows.prefix(2))
            content.unreadable = ["2"]
        }
        _ = try await poller.poll()
        // The same documents, under another name: a migration, or a copy.
        let other = Spool.Sealer(agent: "agent-1", source: "/sap/P01/100")
        reader.content.withLock { $0.unreadable = [] }
        let successor = FeedPoller(reader: reader, spool: spool, source: other.source)
        _ = try await successor.poll()
        #expect(try await !spool.knowsCoverage())
        // What waits there for long, from an earlier time with it, stands in the relay's lists alone.
        #expect(
            try await spool.database.read { sql in
                try sql.first("SELECT lists_wanted FROM agent")?.boolean(0) == true
            })
        try await spool.hearCoverage([:])
        _ = try await successor.poll()
        reader.content.withLock { content in
            content.now = now.moved(by: 60)
            content.rows.append(rows[2])
        }
        _ = try await successor.poll()
        let batch = try #require(try await spool.nextBatch(.live, other))
        let opened = try OpenedBatch(body: batch.body, manifestDigest: batch.digest)
        let events = try opened.events.map { try Event(bytes: $0.bytes) }
        #expect(events.map { "\($0.source) \($0.subject)" } == ["/sap/PRD/100 1", "/sap/P01/100 3"])
        #expect(opened.manifest.claims.prefix(3).map(\.isBaseline) == [true, true, true])
        #expect(opened.manifest.claims.allSatisfy { $0.source == other.source && $0.pending.isEmpty })
        #expect(opened.manifest.pending.entered.isEmpty)
    }

    @Test("A new spool begins where the relay's coverage ends, and tells what lies behind it (H10)")
    func takesOver() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        let covered = try Self.at("20261124120000")
        try await spool.hearCoverage([
            "purchase_order.created": [.recent: covered, .hourly: covered, .nightly: covered]
        ])
        let reader = try TableReader(now: try Self.at("20261125093000"))
        let row = StampedKey(documentKey: "7", stamp: try Self.at("20261124130000"))
        reader.content.withLock { $0.rows = [row] }
        _ = try await FeedPoller(reader: reader, spool: spool, source: Self.sealer.source).poll()
        let subjects = try await Self.told(spool)
        #expect(subjects == ["7"])
    }

    @Test(
        "After a kill at any point of a poll, the next one tells each row exactly once",
        arguments: [
            KillPoint.tookSAPTime, .readKeys, .recordedBaseline, .readDocuments, .recordedDocuments,
            .completedSlice,
        ])
    func killed(at point: KillPoint) async throws {
        let folder = try TemporaryFolder()
        let first = try await Self.open(folder)
        try await first.hearCoverage([:])
        let reader = try TableReader(now: try Self.at("20261125093000"))
        let isArmed = Mutex(point == .recordedBaseline)
        let wasReached = Mutex(false)
        let kill = KillSwitch { reached in
            guard reached == point, isArmed.withLock({ $0 }) else { return }
            wasReached.withLock { $0 = true }
            throw Killed()
        }
        let doomed = FeedPoller(reader: reader, spool: first, source: Self.sealer.source, kill: kill)
        _ = try? await doomed.poll()
        let now = try Self.at("20261125093100")
        let rows = try (1...45).map { StampedKey(documentKey: "\($0)", stamp: try Self.at("20261125093030")) }
        reader.content.withLock { content in
            content.now = now
            content.rows = rows
        }
        isArmed.withLock { $0 = point != .recordedBaseline }
        _ = try? await doomed.poll()
        #expect(wasReached.withLock { $0 })
        let second = try await Self.open(folder)
        _ = try await FeedPoller(reader: reader, spool: second, source: Self.sealer.source).poll()
        let subjects = try await Self.told(second)
        #expect(subjects.sorted() == rows.map(\.documentKey).sorted())
    }
}
