package import ConnectorProtocol
package import Cryptography
package import Logging
internal import Programs
internal import ServiceLifecycle
internal import Values

/// Sends what the spool holds, in order, one batch in flight per lane, until the relay has acknowledged it.
///
/// It holds no state: what is to be sent next is in the spool, so a crash anywhere is a lost answer or a lost
/// request, and the same bytes go again.
package struct Uploader: Service {
    /// What one turn of a lane came to.
    package enum Step: Equatable, Sendable {
        case idle
        case acknowledged
        /// The relay refused for the order, and the spool has acted on it: the next turn sends something else.
        case reordered
        case refused(ProblemType, detail: String, retryAfter: Duration?)
        case silent(String, retryAfter: Duration?)
    }

    private let spool: Spool
    private let endpoint: RelayEndpoint
    private let sealer: Spool.Sealer
    private let pause: Pause
    private let random: SecureRandom
    private let logger: Logger
    private let kill: KillSwitch
    /// How long an idle lane waits for a notice before it looks by itself.
    private let idle: Duration = .seconds(5)

    /// - Parameters:
    ///   - source: `/sap/PRD/100`.
    package init(
        spool: Spool, endpoint: RelayEndpoint, source: String, logger: Logger, pause: Pause = .system,
        random: SecureRandom = .system, kill: KillSwitch = .none,
    ) {
        self.spool = spool
        self.endpoint = endpoint
        sealer = Spool.Sealer(agent: endpoint.paired.agent, source: source)
        self.logger = logger
        self.pause = pause
        self.random = random
        self.kill = kill
    }

    /// Sends until shutdown; whatever fails is tried again and never ends it.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for lane in Lane.allCases { group.addTask { await run(lane) } }
            }
        }
    }

    private func run(_ lane: Lane) async {
        var backOff = BackOff()
        var problem: String?
        while !Task.isCancelled {
            let seen = spool.signal.changes
            let step: Step
            do { step = try await turn(lane) } catch is CancellationError { return } catch {
                // The spool's own trouble; where it still can be written, `status` shows it too.
                let sentence = FailureReport(error).text
                try? await spool.noteLink(problem: sentence)
                step = .silent(sentence, retryAfter: nil)
            }
            do {
                switch step {
                case .idle: try await spool.signal.wait(after: seen, upTo: idle, pause: pause)
                case .acknowledged:
                    backOff.succeed()
                    problem = nil
                case .reordered:
                    // Once is the rule; again and again would be two machines that chase each other.
                    if backOff.failures > 0 { try await pause(backOff.fail(random: random)) }
                    _ = backOff.fail(random: random)
                case .refused(let type, let detail, let retryAfter):
                    try await wait(
                        type.sentence(detail), &problem, backOff.fail(asked: retryAfter, random: random),
                        lane)
                case .silent(let sentence, let retryAfter):
                    try await wait(
                        sentence, &problem, backOff.fail(asked: retryAfter, random: random), lane)
                }
            } catch { return }
        }
    }

    private func wait(
        _ sentence: String, _ problem: inout String?, _ duration: Duration, _ lane: Lane,
    ) async throws {
        if problem != sentence {
            logger.warning(
                "No batch goes to the relay; it is tried again.",
                metadata: [LogKeys.lane: "\(lane.rawValue)", LogKeys.error: "\(sentence)"])
            problem = sentence
        }
        try? await spool.sealFullBatches(lane, sealer)
        try await pause(duration)
    }

    /// Sends the next batch of a lane, once, and applies the answer.
    /// - Throws: `SQLError`, `SpoolError`, and what a kill point throws.
    package func turn(_ lane: Lane) async throws -> Step {
        guard let batch = try await spool.nextBatch(lane, sealer) else { return .idle }
        try kill.reach(.sealedBatch)
        let asked = try await spool.askedHeads()
        let outcome = await endpoint.push(batch, lineages: asked.lineages)
        try Task.checkCancellation()
        switch outcome {
        case .answered(let answer):
            try kill.reach(.heardBatchAnswer)
            try await apply(
                .acknowledged(batch, acknowledgement: answer.acknowledgement.bytes), answer.standing, asked)
            try kill.reach(.appliedBatchAnswer)
            return .acknowledged
        case .refused(let problem, let retryAfter):
            return try await apply(problem, retryAfter, to: batch, asked)
        case .silent(let silence):
            try await spool.noteLink(problem: silence.description)
            return .silent(silence.description, retryAfter: silence.retryAfter)
        }
    }

    private func apply(
        _ problem: ProblemDocument, _ retryAfter: Duration?, to batch: OutgoingBatch, _ asked: AskedHeads,
    ) async throws -> Step {
        if let standing = problem.standing {
            let subject: RelayWord.Subject =
                switch problem.type {
                case .fork: .refusedAsFork(batch)
                case .gap: .refusedAsGap(batch)
                default: .refused
                }
            try await apply(subject, standing, asked)
            if problem.type == .fork || problem.type == .gap { return .reordered }
        }
        try await spool.noteLink(problem: problem.report)
        return .refused(problem.type, detail: problem.detail, retryAfter: retryAfter)
    }

    private func apply(_ subject: RelayWord.Subject, _ standing: Standing, _ asked: AskedHeads) async throws {
        _ = try await spool.apply(
            RelayWord(
                subject, standing: standing, asked: asked, ahead: endpoint.time.ahead,
                source: sealer.source))
    }
}
