package import SAPAccess
internal import Synchronization

/// Sees to it that only the pinned system is read, and only one that may be (DESIGN 4.6).
package final class SystemWatch: Sendable {
    /// What was found.
    package enum Verdict: Equatable, Sendable {
        /// The pinned system; it is read.
        case ours(SystemPin)
        case notProduction
        case changed
    }

    private let source: any SAPSource
    private let memory: SystemMemory
    private let clock: HostClock
    private let mode: SourceConfiguration.Mode?
    private let found = Mutex<(verdict: Verdict, at: Int64)?>(nil)
    /// A system is copied or restored while it is down, and a failure makes it be looked at again anyhow.
    private let age: Duration = .seconds(300)

    /// - Parameter mode: what the configuration says of a client that is not a production one.
    package init(
        source: any SAPSource, memory: SystemMemory, clock: HostClock, mode: SourceConfiguration.Mode?,
    ) {
        self.source = source
        self.memory = memory
        self.clock = clock
        self.mode = mode
    }

    /// Which system answers, looked at again when the last look was 5 min ago.
    /// - Throws: what SAP or the spool refused.
    package func verdict() async throws -> Verdict {
        let now = clock.now
        if let known = found.withLock({ $0 }), now - known.at < age.milliseconds, now >= known.at {
            return known.verdict
        }
        let system = try await source.systemInformation()
        let pin = SystemPin(system)
        let verdict: Verdict =
            try await !memory.meet(pin)
            ? .changed : system.isProduction || mode == .live ? .ours(pin) : .notProduction
        // What stops the feeds is asked for each time, so that accepting it takes effect at once.
        if case .ours = verdict { found.withLock { $0 = (verdict, now) } }
        return verdict
    }

    /// Makes the next question go to SAP: the connection was lost, and another system may answer now.
    package func forget() { found.withLock { $0 = nil } }
}
