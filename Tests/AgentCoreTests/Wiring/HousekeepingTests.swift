import AgentCore
import Logging
import SQLStore
import Synchronization
import TestSupport
import Testing

@Suite("Housekeeping of the running agent")
struct HousekeepingTests {
    /// Keeps the facts of what is logged.
    private final class Lines: Sendable {
        let errors = Mutex<[String]>([])

        var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

        struct Handler: LogHandler {
            let lines: Lines
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                guard let error = event.metadata?["error"] else { return }
                lines.errors.withLock { $0.append("\(error)") }
            }
        }
    }

    @Test("What a person is to be told is in the log within a minute, once, and not what was told before")
    func notices() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Spool.open(
            SQLiteDatabase.open(path: folder.file("spool.db")), clock: HostClock { 1_795_600_000_000 })
        let pinned = SystemPin(SystemStandIn.system())
        _ = try await spool.meet(pinned)
        let meet: @Sendable (String) async throws -> Void = { host in
            var other = pinned
            other.host = host
            _ = try await spool.meet(other)
        }
        try await meet("before")
        let lines = Lines()
        let rounds = Mutex(0)
        let service = HousekeepingService(
            spool: spool, logger: lines.logger,
            pause: Pause { _ in
                let round = rounds.withLock { rounds in
                    rounds += 1
                    return rounds
                }
                if round == 1 { try await meet("later") }
                if round == 3 { throw CancellationError() }
            })
        try await service.run()
        let errors = lines.errors.withLock { $0 }
        #expect(errors.count == 1)
        #expect(errors.first?.contains("on later was met") == true)
    }
}
