package import Logging
internal import Programs
internal import ServiceLifecycle

/// Lets go of what the spool needs no longer, and logs what it has written down for a person.
///
/// Both once a minute, whatever uploader and feeds do: a relay that is away must not keep the spool from pruning.
package struct HousekeepingService: Service {
    private let spool: Spool
    private let pause: Pause
    private let logger: Logger
    private static let interval: Duration = .seconds(60)

    package init(spool: Spool, logger: Logger, pause: Pause = .system) {
        self.spool = spool
        self.logger = logger
        self.pause = pause
    }

    /// Keeps house until shutdown; what fails is tried again, and logged when it changes.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var told: Int64?
            var problem: String?
            while !Task.isCancelled {
                do {
                    let known = if let told { told } else { try await spool.lastNotice() }
                    told = try await tell(after: known)
                    _ = try await spool.prune()
                    problem = nil
                } catch {
                    let sentence = FailureReport(error).text
                    if sentence != problem, !Task.isCancelled {
                        logger.warning(
                            "The spool cannot be pruned.", metadata: [LogKeys.error: "\(sentence)"])
                    }
                    problem = sentence
                }
                do { try await pause(Self.interval) } catch { return }
            }
        }
    }

    /// Logs the notices behind the one of that number.
    /// - Returns: the number of the last.
    private func tell(after known: Int64) async throws -> Int64 {
        let notices = try await spool.notices(after: known)
        for notice in notices {
            logger.warning(
                "A person has to know of this.",
                metadata: [LogKeys.code: "\(notice.type)", LogKeys.error: "\(notice.text)"])
        }
        return notices.last?.number ?? known
    }
}
