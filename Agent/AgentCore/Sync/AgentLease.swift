internal import ConnectorProtocol
internal import Synchronization

/// Whether this process may poll (facts/channel.md 2.4): of two agents with one name, one does.
///
/// Who cannot reach the relay and held the lease last goes on; who has not asked yet in this life waits, since it
/// may be a copy of a machine that holds it.
package final class AgentLease: Sendable {
    /// What is known of the lease.
    package enum State: Equatable, Sendable {
        /// Nothing was heard or tried yet.
        case undecided
        case held(epoch: UInt64)
        /// Another has it, or this machine is a copy; the relay's word for it.
        case refused(String)
    }
    private let state = Mutex(State.undecided)

    package init() {}

    /// What is known now.
    package var current: State { state.withLock { $0 } }

    /// Whether SAP may be asked now.
    package var mayPoll: Bool {
        guard case .held = current else { return false }
        return true
    }

    /// Says what is known from now on.
    package func set(_ new: State) { state.withLock { $0 = new } }
}
