/// What `ml-agent status` shows: all of it from the spool, so that it can be asked beside a running agent,
/// without SAP and without the relay.
///
/// Instants are RFC 3339 by the host's clock; SAP's stamps are as SAP writes them, without a zone.
package struct StatusReport: Encodable, Equatable, Sendable {
    /// The lease to poll (DESIGN 4.7).
    package struct LeaseState: Encodable, Equatable, Sendable {
        package var isHeld: Bool
        package var epoch: Int64
        package var until: String?
    }

    /// The SAP system this agent belongs to, and another that was met instead.
    package struct SystemState: Encodable, Equatable, Sendable {
        package var pinned: String?
        package var met: String?
    }

    /// What is known of the relay.
    package struct LinkState: Encodable, Equatable, Sendable {
        package var lastBatch: String?
        package var lastSync: String?
        package var problem: String?
        package var problemSince: String?
        package var clockAheadMilliseconds: Int64?
        /// Hexadecimal digest of the relay's audit chain as it was heard last, for `ml-relay audit verify --heads`.
        package var auditHead: String?
    }

    /// One feed as it was polled last.
    package struct FeedState: Encodable, Equatable, Sendable {
        package var feed: String
        package var polled: String?
        package var succeeded: String?
        package var stopped: String?
        package var errorClass: String?
        package var sentence: String?
    }

    /// Where one tier of a stream stands.
    package struct CursorState: Encodable, Equatable, Sendable {
        package var tier: Int64
        package var cursor: String
        package var ran: String
        /// What the relay covers; nil where it has said nothing.
        package var covered: String?
    }

    /// One stream of a feed.
    package struct StreamState: Encodable, Equatable, Sendable {
        package var stream: String
        package var toldFrom: String
        package var promise: String?
        package var setBack: String?
        package var cursors: [CursorState]
        package var pending: Int64
        package var watched: Int64
    }

    /// One key that is set aside, with the reason.
    package struct KeyState: Encodable, Equatable, Sendable {
        package var stream: String
        package var document: String
        package var reason: String
        package var sentence: String?
        package var tries: Int64
        package var since: String
        package var next: String
    }

    /// What waits in one lane.
    package struct LaneState: Encodable, Equatable, Sendable {
        package var lane: String
        package var sealed: Int64
        package var acknowledged: Int64
        package var waitingBatches: Int64
        package var waitingEvents: Int64
        package var waitingBytes: Int64
        package var unsealed: Int64
    }

    /// The gate in front of the logon of one user.
    package struct GateState: Encodable, Equatable, Sendable {
        package var system: String
        package var client: String
        package var user: String
        package var isClosed: Bool
        package var reason: String?
        package var closed: String?
    }

    /// What happened once and a person has to know.
    package struct NoticeState: Encodable, Equatable, Sendable {
        package var type: String
        package var text: String
        package var at: String
    }

    /// Whether `ml-agent run` works on this spool now; nil where this user cannot know.
    package var isRunning: Bool?
    /// The open lineage, in hexadecimal.
    package var lineage: String
    /// When the spool was made.
    package var created: String
    /// Whether this agent may poll.
    package var lease: LeaseState
    /// The pinned SAP system.
    package var system: SystemState
    /// What was heard of the relay.
    package var link: LinkState
    /// By name.
    package var feeds: [FeedState]
    /// By name.
    package var streams: [StreamState]
    /// At most ``StatusReport/listLimit`` of them; `pendingCount` has the number of all.
    package var pending: [KeyState]
    package var pendingCount: Int64
    package var watch: [KeyState]
    package var watchCount: Int64
    package var lanes: [LaneState]
    package var gates: [GateState]
    /// The last ``StatusReport/noticeLimit``, the youngest first.
    package var notices: [NoticeState]
    /// Places in the budget of calls that are taken now, by all programs of this host.
    package var callsTaken: Int64
    package var spoolBytes: Int64
    package var spoolBytesLimit: Int64

    /// How many keys of `pending` and `watch` are listed: a person reads no more.
    package static let listLimit = 100
    /// How many notices are listed.
    package static let noticeLimit = 10
}
