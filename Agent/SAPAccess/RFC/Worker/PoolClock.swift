/// The time that a pool of workers lives by.
package struct PoolClock: Sendable {
    /// Time since an instant that never changes while the process lives; never goes back.
    package var now: @Sendable () -> Duration
    /// Returns after the time, or throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The host's own clock.
    package static var continuous: PoolClock {
        let clock = ContinuousClock()
        let start = clock.now
        return PoolClock(
            now: { start.duration(to: clock.now) }, sleep: { try await clock.sleep(for: $0) })
    }
}
