/// The clocks of the relay, handed in so that a test can own them.
package struct RelayClock: Sendable {
    private let wall: @Sendable () -> Moment
    private let monotonicReading: @Sendable () -> Duration

    /// - Parameter now: the database's clock; with SQLite that is the host's.
    /// - Parameter monotonic: time since any fixed point, never set back.
    package init(
        now: @escaping @Sendable () -> Moment, monotonic: @escaping @Sendable () -> Duration,
    ) {
        wall = now
        monotonicReading = monotonic
    }

    /// The time by the database's clock, as it goes into tables.
    package var now: Moment { wall() }

    /// The monotonic clock, for the bounds of one transfer only (facts/send.md F8).
    package var monotonic: Duration { monotonicReading() }
}
