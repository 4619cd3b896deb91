/// Waits until the task is cancelled, and for nothing else.
/// - Throws: `CancellationError`, always.
package func untilCancelled() async throws {
    let (never, source) = AsyncStream.makeStream(of: Never.self)
    for await _ in never {}
    withExtendedLifetime(source) {}
    throw CancellationError()
}
