internal import Cryptography
package import Logging
internal import Programs
internal import SAPAccess
internal import SQLStore
internal import ServiceLifecycle

/// Polls one feed until the agent ends.
///
/// Whatever refuses (SAP, the spool, the feed) costs turns of this feed and of no other.
package struct FeedService: Service {
    /// What a turn asks beside SAP.
    package struct Surroundings: Sendable {
        /// Whether this agent may poll now.
        package var hasLease: @Sendable () -> Bool
        /// Waits; cancellation ends it.
        package var sleep: @Sendable (Duration) async throws -> Void

        package init(
            hasLease: @escaping @Sendable () -> Bool,
            sleep: @escaping @Sendable (Duration) async throws -> Void,
        ) {
            self.hasLease = hasLease
            self.sleep = sleep
        }
    }

    private let feed: String
    private let interval: Duration
    private let spool: Spool
    private let system: SystemWatch
    private let surroundings: Surroundings
    private let logger: Logger
    private let poll: @Sendable (SystemPin) async throws -> FeedPoller.End

    /// - Parameters:
    ///   - interval: between the ends of two polls.
    ///   - poll: one poll of the feed in the pinned system.
    package init(
        feed: String, interval: Duration, spool: Spool, system: SystemWatch, surroundings: Surroundings,
        logger: Logger, poll: @escaping @Sendable (SystemPin) async throws -> FeedPoller.End,
    ) {
        self.feed = feed
        self.interval = interval
        self.spool = spool
        self.system = system
        self.surroundings = surroundings
        self.logger = logger
        self.poll = poll
    }

    /// Ends on graceful shutdown, in the middle of a poll: it begins again where it was.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var schedule = FeedSchedule(interval: interval)
            while !Task.isCancelled {
                let health = await turn()
                if Task.isCancelled { return }
                let jitter = Double(spool.random.bytes(1).first ?? 0) / 255
                let step = schedule.take(health, jitter: jitter)
                if step.isChange { log(health) }
                do {
                    // A spool that takes no note takes no events either, and has said so above.
                    try? await spool.note(health, of: feed)
                    try await surroundings.sleep(step.wait)
                } catch {
                    return
                }
            }
        }
    }

    /// One turn: everything that may forbid it, then the poll.
    package func turn() async -> FeedHealth {
        do {
            guard surroundings.hasLease() else { return .stopped(.noLease) }
            guard try await spool.knowsCoverage() else { return .stopped(.coverageUnknown) }
            guard try await !spool.isFull() else { return .stopped(.spoolFull) }
            switch try await system.verdict() {
            case .notProduction: return .stopped(.notProduction)
            case .changed: return .stopped(.systemChanged)
            case .ours(let pin):
                switch try await poll(pin) {
                case .finished: return .polled
                case .spoolFull: return .stopped(.spoolFull)
                case .stopped: return .stopped(.noLease)
                }
            }
        } catch {
            return failed(error)
        }
    }

    private func failed(_ error: any Error) -> FeedHealth {
        guard let access = error as? SAPAccessError else {
            return .failed(errorClass: "spool", sentence: FailureReport(error).text)
        }
        if case .gate(_, closed: true) = access { return .stopped(.gateClosed) }
        if access.concernsConnection { system.forget() }
        return .failed(
            errorClass: access.concernsConnection ? DetectionErrorClass.unavailable : access.kind.rawValue,
            sentence: access.description)
    }

    private func log(_ health: FeedHealth) {
        switch health {
        case .polled: logger.info("Feed is polled.", metadata: [LogKeys.feed: "\(feed)"])
        case .stopped(let reason):
            var facts: Logger.Metadata = [LogKeys.feed: "\(feed)", LogKeys.code: "\(reason.rawValue)"]
            if let remedy = reason.remedy { facts[LogKeys.remedy] = "\(remedy)" }
            let level: Logger.Level = reason.remedy == nil ? .info : .error
            logger.log(level: level, "\(reason.sentence)", metadata: facts)
        case .failed(let errorClass, let sentence):
            logger.warning(
                "Feed cannot be polled; it is tried again.",
                metadata: [
                    LogKeys.feed: "\(feed)", LogKeys.code: "\(errorClass)", LogKeys.error: "\(sentence)",
                ])
        }
    }
}

extension Spool {
    /// Whether the relay has said what it covers since this spool was made.
    package func knowsCoverage() async throws -> Bool {
        try await database.read { try $0.first("SELECT coverage_known FROM agent")?.boolean(0) ?? false }
    }
}
