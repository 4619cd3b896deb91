internal import Synchronization

/// A hint that something changed in the spool, for every loop that waits for it.
///
/// A waiter names the change it has seen last, so none that comes between looking and waiting is missed. It
/// only spares the wait: loops look by themselves every few seconds, since another process may have written.
package final class WorkSignal: Sendable {
    private struct State {
        var changes: UInt64 = 0
        var next: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Mutex(State())

    package init() {}

    /// How many changes there were so far; to be read before one looks for work.
    package var changes: UInt64 { state.withLock { $0.changes } }

    /// Says that something changed, and sends everybody who waits on.
    package func notify() {
        let waiters = state.withLock { state in
            state.changes += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there were more changes than `seen`, but not longer than `limit`.
    /// - Throws: `CancellationError`.
    package func wait(after seen: UInt64, upTo limit: Duration, pause: Pause) async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForChange(after: seen) }
            group.addTask { try? await pause(limit) }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    private func waitForChange(after seen: UInt64) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.changes == seen, !Task.isCancelled else { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
