internal import Synchronization

/// A hint that there is work, given across loops of one process: never lost, never more than one at a time.
///
/// It only spares the wait: a loop looks at the database every second anyway, since another process (a command)
/// may have written.
package final class WakeUp: Sendable {
    private struct State {
        var isPending = false
        var waiter: (number: UInt64, continuation: CheckedContinuation<Void, Never>)?
        var number: UInt64 = 0
    }
    private let state = Mutex(State())

    package init() {}

    /// Says that there is work.
    ///
    /// A loop that waits goes on now; one that works looks once more.
    package func notify() {
        let waiter = state.withLock { state in
            state.isPending = true
            defer { state.waiter = nil }
            if state.waiter != nil { state.isPending = false }
            return state.waiter
        }
        waiter?.continuation.resume()
    }

    /// Waits for ``notify()``, but not longer than `limit`; ends early when the task is cancelled.
    ///
    /// One waiter at a time: a second one sends the first on its way.
    package func wait(upTo limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForNotice() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForNotice() async {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumed: CheckedContinuation<Void, Never>? = state.withLock { state in
                    // A cancelled wait leaves the hint for the next one.
                    if Task.isCancelled { return continuation }
                    if state.isPending {
                        state.isPending = false
                        return continuation
                    }
                    let before = state.waiter?.continuation
                    state.waiter = (number, continuation)
                    return before
                }
                resumed?.resume()
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard state.waiter?.number == number else { return nil }
                defer { state.waiter = nil }
                return state.waiter?.continuation
            }
            waiter?.resume()
        }
    }
}
