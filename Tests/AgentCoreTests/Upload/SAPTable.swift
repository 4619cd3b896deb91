import AgentCore
import ConnectorProtocol
import SAPAccess
import Synchronization
import Values

/// A SAP of one table in memory: rows appear when a test commits them, whatever stamp they carry.
final class SAPTable: FeedReader {
    struct Content: Sendable {
        var now: LocalDateTime
        var rows: [StampedKey] = []
        /// Without authorisation.
        var unreadable: Set<String> = []
        /// Received and not posted.
        var parked: Set<String> = []
        var vendorState = "active"
        /// Masters that were deleted.
        var absent: Set<String> = []
        /// Too large as an event.
        var huge: Set<String> = []
        /// Whether one look shows what is parked no longer.
        var showsStirred = false
        /// Parked, and one look says something else.
        var stirs: Set<String> = []
        /// SAP refuses the read of the stamps.
        var refusesKeys = false
        /// SAP refuses the look at all watched documents.
        var refusesLook = false
    }

    static let stream = "vendor_invoice.received"
    let content: Mutex<Content>
    let feed = "vendor_invoice"
    let streams = [FeedStream(name: SAPTable.stream, kind: .once, isDateOnly: false)]
    private let schema = BuiltInSchemas.schema(of: .vendorInvoiceReceived)

    init(now: LocalDateTime) { content = Mutex(Content(now: now)) }

    /// Commits rows that were stamped `before` seconds ago.
    func commit(_ keys: String..., before: Int64 = 10) {
        content.withLock { content in
            let stamp = content.now.moved(by: -before)
            content.rows += keys.map { StampedKey(documentKey: $0, stamp: stamp) }
        }
    }

    func advance(_ seconds: Int64) { content.withLock { $0.now = $0.now.moved(by: seconds) } }

    func sapNow() async throws -> SAPInstant {
        SAPInstant(local: content.withLock { $0.now }, offsetSeconds: 3_600)
    }

    func keys(stream: String, from: LocalDateTime, through: LocalDateTime) async throws -> [StampedKey] {
        try content.withLock { content in
            if content.refusesKeys { throw SAPAccessError.tooDense(table: "RBKP", limit: 5_000) }
            return content.rows.filter { from <= $0.stamp && $0.stamp <= through }
        }
    }

    func read(_ keys: [StampedKey], stream: String) async -> [DocumentOutcome] {
        content.withLock { content in
            keys.map { key in
                if content.unreadable.contains(key.documentKey) {
                    return .failed(errorClass: "not_authorized", sentence: "No authorisation.")
                }
                let isParked = content.parked.contains(key.documentKey)
                let transitions = isParked ? ["received"] : ["received", "posted"]
                return .events(
                    transitions.map { draft(key, $0, isHuge: content.huge.contains(key.documentKey)) },
                    masters: [MasterReference(feed: "vendor", key: "0000001000")],
                    watch: isParked ? .awaitingPosting : nil)
            }
        }
    }

    func stirred(_ keys: [StampedKey], stream: String) async throws -> [StampedKey] {
        try content.withLock { content in
            if content.refusesLook { throw SAPAccessError.tooDense(table: "RBKP", limit: 5_000) }
            let parked = content.parked.subtracting(content.stirs)
            return content.showsStirred ? keys.filter { !parked.contains($0.documentKey) } : []
        }
    }

    private func draft(_ key: StampedKey, _ transition: String, isHuge: Bool) -> DraftEvent {
        DraftEvent(
            type: schema.type, businessKey: "vendor_invoice:\(key.documentKey)", transition: transition,
            version: .once, subject: "\(key.documentKey) \(transition)", time: key.stamp,
            timeIsDateOnly: false, offsetSeconds: 3_600, schema: schema,
            data: [10, 1] + Array(repeating: 65, count: isHuge ? 1 << 20 : 1))
    }

    func readMasters(_ references: [MasterReference]) async -> [MasterOutcome] {
        let (state, now, absent) = content.withLock { ($0.vendorState, $0.now, $0.absent) }
        let schema = BuiltInSchemas.schema(of: .vendor)
        guard let read = now.instant(offsetSeconds: 3_600) else { return references.map { _ in .absent } }
        return references.map { reference in
            if absent.contains(reference.key) { return .absent }
            return .read(
                DraftEvent(
                    type: schema.type, businessKey: "vendor:\(reference.key)", transition: "vendor",
                    version: .reading(state: state, begun: read, ended: read, created: nil),
                    subject: reference.key, time: now, timeIsDateOnly: false, offsetSeconds: 3_600,
                    schema: schema, data: [10, 1, 65]))
        }
    }
}
