internal import CCurl
internal import Glibc
internal import Synchronization

/// The thread that owns libcurl's multi handle and every transfer on it.
///
/// Other threads only leave transfers and cancellations in the inbox and wake it.
final class TransferEngine: Sendable {
    private struct Inbox {
        var submitted: [Transfer] = []
        var cancelled: Set<UInt64> = []
        var stopping = false
        var ended = false
    }

    private let inbox = Mutex(Inbox())
    private let multi: MultiHandle
    private let userAgent: String

    init(userAgent: String) {
        self.userAgent = userAgent
        multi = MultiHandle()
    }

    /// Starts the thread, which keeps the engine alive until `stop`.
    func start() {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<TransferEngine>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            inbox.withLock { $0.ended = true }
            return
        }
        pthread_detach(thread)
    }

    func stop() {
        inbox.withLock { $0.stopping = true }
        multi.wake()
    }

    func submit(_ transfer: Transfer) {
        let refused = inbox.withLock { inbox in
            let isCancelled = inbox.cancelled.remove(transfer.number) != nil
            if isCancelled || inbox.stopping || inbox.ended { return true }
            inbox.submitted.append(transfer)
            return false
        }
        if refused { transfer.finish(.cancelled) } else { multi.wake() }
    }

    /// The transfer may not have been submitted yet, or may be over.
    func cancel(_ number: UInt64) {
        inbox.withLock { _ = $0.cancelled.insert(number) }
        multi.wake()
    }

    private func run() {
        var active: [UInt64: Transfer] = [:]
        while true {
            let (submitted, cancelled, stopping) = inbox.withLock { inbox in
                defer { inbox.submitted = [] }
                return (inbox.submitted, inbox.cancelled, inbox.stopping)
            }
            for transfer in submitted { begin(transfer, &active) }
            for number in cancelled {
                guard let transfer = active.removeValue(forKey: number) else { continue }
                multi.remove(transfer)
                transfer.finish(.cancelled)
            }
            if stopping { break }
            multi.advance()
            while let (number, code) = multi.nextFinished() {
                guard let transfer = active.removeValue(forKey: number) else { continue }
                multi.remove(transfer)
                transfer.finish(.ended(code))
            }
            forget(active)
            multi.wait(milliseconds: 1000)
        }
        for transfer in active.values {
            multi.remove(transfer)
            transfer.finish(.cancelled)
        }
        let late = inbox.withLock { inbox in
            inbox.ended = true
            defer { inbox.submitted = [] }
            return inbox.submitted
        }
        for transfer in late { transfer.finish(.cancelled) }
    }

    private func begin(_ transfer: Transfer, _ active: inout [UInt64: Transfer]) {
        guard transfer.prepare(userAgent: userAgent), multi.add(transfer) else {
            transfer.finish(.refused)
            return
        }
        active[transfer.number] = transfer
    }

    /// Drops cancellations whose transfer is over: numbers only grow, so what is below every open one is.
    private func forget(_ active: [UInt64: Transfer]) {
        inbox.withLock { inbox in
            guard inbox.cancelled.count > 64, inbox.submitted.isEmpty else { return }
            let floor = active.keys.min() ?? (inbox.cancelled.max() ?? 0)
            inbox.cancelled = inbox.cancelled.filter { $0 >= floor }
        }
    }
}
