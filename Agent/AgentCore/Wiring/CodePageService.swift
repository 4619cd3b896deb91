internal import Programs
internal import ServiceLifecycle

/// Keeps the agent small on the customer's host: what only its start, or a rare task, ran does not stay resident.
struct CodePageService: Service {
    let pause: Pause
    /// Long enough that coming back costs nothing, short enough that little gathers.
    private static let interval: Duration = .seconds(60)
    /// From the start of the process until the first poll is over, as a rule.
    private static let start: Duration = .seconds(10)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wait = Self.start
            while !Task.isCancelled {
                do { try await pause(wait) } catch { return }
                CodePages.release()
                wait = Self.interval
            }
        }
    }
}
