internal import ConnectorProtocol
package import Logging

/// What every desk that takes requests shares: the store, the clock, the counts, the log.
package struct Reception: Sendable {
    let store: RelayStore
    let clock: RelayClock
    /// What was taken and refused, by name.
    package let counts: ReceiveCounts
    let logger: Logger

    /// - Parameter counts: shared by all desks of a relay, so that one place knows all numbers.
    package init(
        store: RelayStore, clock: RelayClock, counts: ReceiveCounts = ReceiveCounts(), logger: Logger,
    ) {
        self.store = store
        self.clock = clock
        self.counts = counts
        self.logger = logger
    }

    /// Runs one request to its answer; whatever goes wrong becomes a problem document, is counted and logged once.
    ///
    /// - Parameter kind: what is counted: `batch`, `sync`, `pairing`.
    func answer(
        _ kind: String, agent: String, _ body: () async throws -> AgentReply,
    ) async -> AgentReply {
        let reply: AgentReply
        do {
            reply = try await body()
        } catch let refusal as Refusal {
            reply = .problem(refusal.document)
        } catch {
            logger.error(
                "A request could not be stored",
                metadata: ["request.kind": "\(kind)", "agent.id": "\(agent)", "error": "\(error)"])
            reply = .problem(Refusal(storeFailure: error).document)
        }
        switch reply {
        case .message: counts.add("\(kind).accepted")
        case .problem(let document):
            counts.add("\(kind).refused.\(document.type.rawValue)")
            logger.notice(
                "A request was refused",
                metadata: [
                    "request.kind": "\(kind)", "agent.id": "\(agent)",
                    "problem.type": "\(document.type.rawValue)", "problem.detail": "\(document.detail)",
                ])
        }
        return reply
    }
}
