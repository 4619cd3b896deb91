/// How loops of the agent wait; tests own it.
package struct Pause: Sendable {
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Waits by the host's monotonic clock.
    package static let system = Pause { try await Task.sleep(for: $0) }

    package init(_ sleep: @escaping @Sendable (Duration) async throws -> Void) { self.sleep = sleep }

    /// Waits for that long.
    /// - Throws: `CancellationError`.
    package func callAsFunction(_ duration: Duration) async throws { try await sleep(duration) }
}
