package import ConnectorProtocol
package import Cryptography
package import Logging
internal import Programs
internal import ServiceLifecycle
internal import Values

/// The agent's heartbeat: status up, lease, coverage, lists and commands down, in one long poll after another.
///
/// The token it shows is durable, so a restart keeps the lease; a request whose answer was lost is asked again
/// under its own id.
package struct SyncClient: Service {
    /// What one exchange came to.
    package enum Step: Equatable, Sendable {
        case heard(isNewGrant: Bool)
        case refused(ProblemDocument, retryAfter: Duration?)
        case silent(RelaySilence)
    }

    private let spool: Spool
    private let endpoint: RelayEndpoint
    private let source: String
    private let lease: AgentLease
    private let process: [UInt8]
    private let pause: Pause
    private let random: SecureRandom
    private let logger: Logger
    private let kill: KillSwitch
    private let status: @Sendable () async throws -> AgentStatus
    private let carryOut: @Sendable (Command) async -> Void

    /// - Parameters:
    ///   - source: `/sap/PRD/100`: coverage and keys of another source are passed over.
    ///   - lease: told what was heard; polling asks it.
    ///   - status: what the agent says of itself, asked before each request.
    ///   - carryOut: called once for each command that is believed, whatever it is.
    package init(
        spool: Spool, endpoint: RelayEndpoint, source: String, lease: AgentLease, logger: Logger,
        pause: Pause = .system, random: SecureRandom = .system, kill: KillSwitch = .none,
        status: @escaping @Sendable () async throws -> AgentStatus,
        carryOut: @escaping @Sendable (Command) async -> Void,
    ) {
        self.spool = spool
        self.endpoint = endpoint
        self.source = source
        self.lease = lease
        self.logger = logger
        self.pause = pause
        self.random = random
        self.kill = kill
        self.status = status
        self.carryOut = carryOut
        process = random.bytes(16)
    }

    /// Syncs until shutdown; whatever fails is tried again and never ends it.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var backOff = BackOff(most: .seconds(15))
            var problem: String?
            while !Task.isCancelled {
                let wait: Duration?
                let found: String?
                do {
                    (wait, found) = outcome(of: try await turn(), &backOff)
                } catch is CancellationError {
                    return
                } catch {
                    wait = backOff.fail(random: random)
                    found = FailureReport(error).text
                }
                if let found, found != problem {
                    logger.warning("Sync with the relay failed.", metadata: [LogKeys.error: "\(found)"])
                }
                problem = found
                guard let wait else { continue }
                do { try await pause(wait) } catch { return }
            }
        }
    }

    private func outcome(of step: Step, _ backOff: inout BackOff) -> (Duration?, String?) {
        switch step {
        case .heard:
            backOff.succeed()
            // Without the lease the relay may answer at once; a beat is enough.
            return (lease.mayPoll ? nil : .seconds(1), nil)
        case .refused(let problem, let retryAfter):
            return (backOff.fail(asked: retryAfter, random: random), problem.report)
        case .silent(let silence):
            return (backOff.fail(asked: silence.retryAfter, random: random), silence.description)
        }
    }

    /// One exchange: asks, and applies what is heard.
    /// - Throws: `SQLError`, `SpoolError`, and what the status or a kill point throws.
    package func turn() async throws -> Step {
        let question = try await spool.syncQuestion()
        try kill.reach(.storedSyncRequest)
        let outcome = await endpoint.sync(try await request(question))
        try Task.checkCancellation()
        switch outcome {
        case .answered(let answer):
            try kill.reach(.heardSyncAnswer)
            return try await apply(answer, question)
        case .refused(let problem, let retryAfter):
            try await apply(problem, question)
            return .refused(problem, retryAfter: retryAfter)
        case .silent(let silence):
            try await spool.noteLink(problem: silence.description)
            try await goOnAlone()
            return .silent(silence)
        }
    }

    private func request(_ question: SyncQuestion) async throws -> SyncRequest {
        let status = try await status()
        // While nothing is decided the answer is wanted at once.
        let waits = lease.current != .undecided
        return SyncRequest(
            requestID: question.requestID, leaseToken: question.leaseToken, process: process,
            created: endpoint.time.now, lineages: question.asked.lineages, status: status,
            highestEpoch: question.highestEpoch, highestCommand: question.highestCommand,
            closedGates: question.closedGates, wantsLease: true,
            waitSeconds: waits ? UInt32(ProtocolLimits.longestWait.components.seconds) : 0)
    }

    private func apply(_ answer: SyncAnswer, _ question: SyncQuestion) async throws -> Step {
        let applied = try await spool.apply(
            answer, asked: question.asked, ahead: endpoint.time.ahead, source: source,
            agent: endpoint.paired.agent, commands: believed(answer.commands))
        try kill.reach(.appliedSyncAnswer)
        if answer.lease.isGranted {
            if applied.isNewGrant {
                logger.info(
                    "The relay granted the lease.", metadata: ["lease.epoch": "\(answer.lease.epoch)"])
            }
            lease.set(.held(epoch: answer.lease.epoch))
        } else {
            let refusal = answer.lease.refusal ?? .other
            if lease.mayPoll || lease.current == .undecided {
                logger.notice(
                    "The lease is not ours; nothing is polled.",
                    metadata: ["lease.refusal": "\(refusal.rawValue)"])
            }
            lease.set(.refused(refusal.rawValue))
        }
        for command in applied.commands { await carryOut(command) }
        return .heard(isNewGrant: applied.isNewGrant)
    }

    private func apply(_ problem: ProblemDocument, _ question: SyncQuestion) async throws {
        if let standing = problem.standing {
            _ = try await spool.apply(
                RelayWord(
                    .refused, standing: standing, asked: question.asked, ahead: endpoint.time.ahead,
                    source: source))
        }
        try await spool.noteLink(problem: problem.report)
        switch problem.type {
        case .revokedKey, .wrongAgent: lease.set(.refused(problem.type.rawValue))
        default: try await goOnAlone()
        }
    }

    /// No word on the lease: who held it last goes on polling.
    private func goOnAlone() async throws {
        guard lease.current == .undecided else { return }
        let heard = try await spool.leaseHeard()
        if heard.isHeld { lease.set(.held(epoch: heard.epoch)) }
    }

    private func believed(_ commands: [SignedBytes]) -> [Command] {
        commands.compactMap { signed in
            guard signed.isValid(as: .command, key: endpoint.paired.relayKey),
                let command = try? Command(bytes: signed.payload)
            else {
                logger.warning("A command was passed over: the relay's key has not signed it.")
                return nil
            }
            return command
        }
    }
}
