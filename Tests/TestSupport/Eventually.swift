/// Waits until `condition` holds, asking again every few milliseconds.
///
/// The last resort of a test that watches a real process or socket: where production code can give a
/// signal, or a clock can be injected, use that instead.
/// - Parameters:
///   - deadline: how long to wait at most. Only the pauses count: what a busy machine takes on top does not.
///   - condition: asked at least once; what it throws ends the wait.
/// - Returns: whether the condition held before the deadline.
package func eventually(
    within deadline: Duration = .seconds(20), _ condition: () async throws -> Bool,
) async throws -> Bool {
    var waited = Duration.zero
    var pause = Duration.milliseconds(2)
    while true {
        if try await condition() { return true }
        if waited >= deadline { return false }
        try await ContinuousClock().sleep(for: pause)
        waited += pause
        pause = min(pause * 2, .milliseconds(100))
    }
}
