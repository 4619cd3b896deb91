import CSAPNWRFC  // which is where a static build finds sigset_t
import Dispatch
import Glibc
import Synchronization

/// A thread of its own that runs one piece of blocking work after the other, and ends with its last owner.
///
/// Also the parent of processes: a child that asked for the parent-death signal dies with the *thread* that
/// started it, which no queue of the system's promises to keep.
final class SerialThread: Sendable {
    private let inbox: Inbox

    /// - Throws: `FrameError.system` where the system has no thread left.
    init() throws(FrameError) {
        inbox = Inbox()
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(inbox)
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Inbox>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw .system(code)
        }
        pthread_detach(thread)
    }

    deinit { inbox.add(nil) }

    /// Runs `body` on the thread, behind whatever was handed over before.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            inbox.add { continuation.resume(returning: body()) }
        }
    }

    /// Hands `body` to the thread and goes on.
    func start(_ body: @escaping @Sendable () -> Void) { inbox.add(body) }

    private final class Inbox: Sendable {
        private let jobs = Mutex<[(@Sendable () -> Void)?]>([])
        private let arrived = DispatchSemaphore(value: 0)

        func add(_ job: (@Sendable () -> Void)?) {
            jobs.withLock { $0.append(job) }
            arrived.signal()
        }

        func run() {
            // A write to a process that has died must be an error here and no signal to the whole agent.
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            unsafe sigaddset(&signals, SIGPIPE)
            unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
            while true {
                arrived.wait()
                guard let job = jobs.withLock({ $0.removeFirst() }) else { return }
                job()
            }
        }
    }
}
