/// How the last turn of a feed went; what `status` shows of it.
package enum FeedHealth: Equatable, Sendable {
    /// It was polled, and what was due is in the spool.
    case polled
    /// It is not polled at the moment.
    case stopped(FeedStop)
    /// SAP or the spool refused.
    case failed(errorClass: String, sentence: String)
}

/// Why a feed is not polled at the moment: nothing is broken, and it goes on by itself when the reason ends.
package enum FeedStop: String, Equatable, Sendable {
    /// Another agent of this name has the lease, or nobody has answered yet.
    case noLease = "no_lease"
    /// The relay has not said yet what it covers.
    case coverageUnknown = "coverage_unknown"
    /// Too much waits for the relay.
    case spoolFull = "spool_full"
    /// The client's role is not production, and the source has no `mode: live`.
    case notProduction = "not_production"
    /// Another system than the pinned one answers.
    case systemChanged = "system_changed"
    /// A logon was refused, and nobody tries again before the secret changes.
    case gateClosed = "gate_closed"

    /// One sentence for logs.
    package var sentence: String {
        switch self {
        case .noLease: "Feed waits for the lease."
        case .coverageUnknown: "Feed waits for the relay to say what it covers."
        case .spoolFull: "Feed is stopped: the spool is full."
        case .notProduction: "Feed is stopped: the client is not a production one."
        case .systemChanged: "Feed is stopped: another SAP system answers than the pinned one."
        case .gateClosed: "Feed is stopped: SAP has refused the logon."
        }
    }

    /// What a person can do; nil where it passes by itself.
    package var remedy: String? {
        switch self {
        case .noLease, .coverageUnknown: nil
        case .spoolFull: "Find out why the relay takes nothing: ml-agent status."
        case .notProduction: "Set `mode: live` for the source, if its messages may go out."
        case .systemChanged: "Run ml-agent accept-system, if the change is wanted."
        case .gateClosed: "Run ml-agent secrets set sap.password, or ml-agent secrets retry."
        }
    }
}
