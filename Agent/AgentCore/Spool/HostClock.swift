/// The agent's own wall clock: for schedules and display, never for a decision about SAP's rows.
///
/// Milliseconds since 1970-01-01T00:00:00Z. It comes in from outside, so that tests own it; the one real
/// clock is made in the wiring.
package struct HostClock: Sendable {
    private let source: @Sendable () -> Int64

    package init(_ source: @escaping @Sendable () -> Int64) { self.source = source }

    /// Milliseconds since the epoch.
    package var now: Int64 { source() }
}
