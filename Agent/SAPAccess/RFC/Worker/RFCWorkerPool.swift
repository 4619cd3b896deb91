internal import FoundationEssentials
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// The connections to one SAP system: worker processes with one connection each (DESIGN 4.4).
///
/// `run` must be running for anything to happen: it starts and ends the workers. A call takes one worker for its
/// length; what crashes costs one call and is reported. No call is repeated here, but one that no worker can have
/// read.
package final class RFCWorkerPool: Service, Sendable {
    private enum Job: Sendable {
        case start(WorkerPoolState.WorkerID)
        case abandon(WorkerPoolState.WorkerID)
        case end(WorkerPoolState.WorkerID)
        case wake(at: Duration)
    }

    private struct Shared {
        var state: WorkerPoolState
        var workers: [WorkerPoolState.WorkerID: WorkerStarter.Worker] = [:]
        /// Processes that are logging on.
        var starting: [WorkerPoolState.WorkerID: RFCWorkerProcess] = [:]
        var callers: [WorkerPoolState.CallerID: CheckedContinuation<Lease, any Error>] = [:]
        var nextCaller: WorkerPoolState.CallerID = 1
        /// Characters that could not be kept, by what was read; what has not changed is not told again.
        var damaged: [String: Int] = [:]
    }

    /// A worker in the hands of one caller.
    struct Lease: Sendable {
        let id: WorkerPoolState.WorkerID
        let worker: WorkerStarter.Worker
        let needsPing: Bool
    }

    let deadlines: RFCDeadlines
    private let starter: WorkerStarter
    private let clock: PoolClock
    private let logger: Logger
    private let shared: Mutex<Shared>
    private let jobs: AsyncStream<Job>
    private let newJob: AsyncStream<Job>.Continuation

    /// Makes a pool; nothing is started.
    ///
    /// - Parameters:
    ///   - executable: the program that serves as a worker, `ml-agent` itself.
    ///   - arguments: what makes it one.
    ///   - environment: all of the workers' environment; this process's own by default.
    /// - Throws: `SAPAccessError` where the system has no thread left.
    package init(
        executable: String, arguments: [String] = ["rfc-worker"], environment: [String: String]? = nil,
        library: RFCLibraryLocation, destination: RFCDestination, gate: any LogonGate,
        budget: any CallBudget, limits: WorkerPoolLimits = WorkerPoolLimits(),
        deadlines: RFCDeadlines = RFCDeadlines(), clock: PoolClock = .continuous, logger: Logger,
    ) throws(SAPAccessError) {
        let parent: SerialThread
        do throws(FrameError) { parent = try SerialThread() } catch {
            throw .workerLost(reason: "its thread could not be started: \(error.words)")
        }
        starter = WorkerStarter(
            launch: ChildLaunch(
                executable: executable, arguments: arguments,
                environment: environment ?? ProcessInfo.processInfo.environment),
            library: library, destination: destination, gate: gate, budget: budget, deadlines: deadlines,
            clock: clock, logger: logger, parent: parent)
        self.deadlines = deadlines
        self.clock = clock
        self.logger = logger
        shared = Mutex(Shared(state: WorkerPoolState(system: destination.system, limits: limits)))
        (jobs, newJob) = AsyncStream.makeStream()
    }

    /// Starts and ends workers until the pool is shut down; no worker is left when it returns.
    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs {
                    group.addTask { await self.perform(job) }
                }
                // Only timers are left here, unless the task was cancelled.
                group.cancelAll()
            }
            await endAll()
        } onCancelOrGracefulShutdown: {
            self.apply { state, now in state.shutDown(at: now) }
        }
    }

    /// Process ids of the workers that are logged on, for tests and `status`.
    package var workerIDs: [Int32] { shared.withLock { $0.workers.values.map(\.process.id) } }

    // MARK: Calls

    /// Asks a worker.
    /// - Throws: `SAPAccessError`, or `CancellationError` where the calling task was cancelled.
    func ask(
        _ request: WorkerRequest, what: String, within deadline: Duration? = nil,
    ) async throws -> (answer: ExchangeAnswer, attributes: RFCAttributes) {
        // After a restart of SAP every idle connection is gone, and each is found out by one try.
        var triesLeft = shared.withLock { $0.state.places } + 2
        while true {
            triesLeft -= 1
            let lease = try await lease()
            let (result, calls) = await exchange(request, what, deadline ?? deadlines.call, on: lease)
            let answer = try? result.get()
            apply { state, now in
                state.released(
                    lease.id, isUsable: answer?.isUsable ?? false, calls: calls,
                    memoryBytes: answer?.memoryBytes ?? 0, at: now)
            }
            switch result {
            case .success(let answer):
                if case .failed(let error) = answer.result { throw error }
                tell(ofDamaged: answer.damagedCharacters, in: what)
                return (answer, lease.worker.attributes)
            case .failure(let failure) where failure.isCancellation: throw CancellationError()
            case .failure(let failure) where failure.neverStarted && triesLeft > 0: continue
            case .failure(let failure):
                logger.warning(
                    "An RFC worker was lost.",
                    metadata: [
                        "worker.pid": "\(lease.worker.process.id)", "error": "\(failure.error)",
                    ])
                throw failure.error
            }
        }
    }

    private func exchange(
        _ request: WorkerRequest, _ what: String, _ deadline: Duration, on lease: Lease,
    ) async -> (Result<ExchangeAnswer, ExchangeFailure>, calls: Int) {
        let process = lease.worker.process
        if lease.needsPing {
            let ping = await process.exchange(.ping, what: "ping", within: deadlines.ping)
            switch ping {
            case .success(let answer):
                if case .failed(let error) = answer.result, !answer.isUsable {
                    return (.failure(ExchangeFailure(error: error, neverStarted: true)), 1)
                }
            case .failure(var failure):
                failure.neverStarted = true
                return (.failure(failure), 1)
            }
        }
        let result = await process.exchange(request, what: what, within: deadline)
        return (result, lease.needsPing ? 2 : 1)
    }

    private func tell(ofDamaged count: Int, in what: String) {
        let isNews = shared.withLock { shared in
            defer { shared.damaged[what] = count == 0 ? nil : count }
            return count > 0 && shared.damaged[what] != count
        }
        guard isNews else { return }
        logger.warning(
            "SAP's text holds NULs or halves of characters; they were left out or replaced.",
            metadata: ["sap.call": "\(what)", "sap.characters": "\(count)"])
    }

    private func lease() async throws -> Lease {
        let caller = shared.withLock { shared in
            defer { shared.nextCaller += 1 }
            return shared.nextCaller
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                shared.withLock { $0.callers[caller] = continuation }
                apply { state, now in state.request(caller, at: now) }
                // The handler may have come before there was anybody to abandon.
                if Task.isCancelled { abandon(caller) }
            }
        } onCancel: {
            abandon(caller)
        }
    }

    private func abandon(_ caller: WorkerPoolState.CallerID) {
        let continuation = shared.withLock { shared in
            shared.state.abandon(caller) ? shared.callers.removeValue(forKey: caller) : nil
        }
        continuation?.resume(throwing: CancellationError())
    }
}

extension RFCWorkerPool {
    // MARK: What the state machine decides

    /// Takes one step of the state machine and does what it says.
    private func apply(_ step: (inout WorkerPoolState, Duration) -> [WorkerPoolState.Action]) {
        let now = clock.now()
        var answers: [@Sendable () -> Void] = []
        shared.withLock { shared in
            for action in step(&shared.state, now) {
                switch action {
                case .start(let id): newJob.yield(.start(id))
                case .abandon(let id): newJob.yield(.abandon(id))
                case .end(let id): newJob.yield(.end(id))
                case .wake(let time): newJob.yield(.wake(at: time))
                case .finish: newJob.finish()
                case .fail(let caller, let error):
                    guard let continuation = shared.callers.removeValue(forKey: caller) else { continue }
                    answers.append { continuation.resume(throwing: error) }
                case .lease(let caller, let id, let ping):
                    guard let continuation = shared.callers.removeValue(forKey: caller),
                        let worker = shared.workers[id]
                    else { continue }
                    let lease = Lease(id: id, worker: worker, needsPing: ping)
                    answers.append { continuation.resume(returning: lease) }
                }
            }
        }
        for answer in answers { answer() }
    }

    private func perform(_ job: Job) async {
        switch job {
        case .start(let id): await start(id)
        case .abandon(let id): shared.withLock { $0.starting[id] }?.abandon()
        case .end(let id): await end(id)
        case .wake(let time):
            let wait = time - clock.now()
            if wait > .zero, (try? await clock.sleep(wait)) == nil { return }
            apply { state, now in state.tick(at: now) }
        }
    }

    private func start(_ id: WorkerPoolState.WorkerID) async {
        do throws(SAPAccessError) {
            let places = try await starter.places()
            shared.withLock { $0.state.learned(places: places) }
            let worker = try await starter.start { process in
                let isTooLate = shared.withLock { shared in
                    shared.starting[id] = process
                    return shared.state.isShutDown
                }
                // The state machine said so before there was a process to abandon.
                if isTooLate { process.abandon() }
            }
            shared.withLock { shared in
                shared.starting[id] = nil
                shared.workers[id] = worker
            }
            apply { state, now in state.started(id, at: now) }
        } catch {
            shared.withLock { $0.starting[id] = nil }
            apply { state, now in state.startFailed(id, error, at: now) }
        }
    }

    private func end(_ id: WorkerPoolState.WorkerID) async {
        guard let worker = shared.withLock({ $0.workers.removeValue(forKey: id) }) else { return }
        await starter.end(worker)
        apply { state, now in state.ended(id, at: now) }
    }

    /// The net for a cancelled `run`: nobody performs what the state machine says any more.
    ///
    /// Who has nothing to do logs off; who is in a call is killed, since nobody waits for that call.
    private func endAll() async {
        let left = shared.withLock { shared in
            defer { shared.workers = [:] }
            return shared.workers.map { (worker: $1, isLeased: shared.state.isLeased($0)) }
        }
        for (worker, isLeased) in left where isLeased { worker.process.kill() }
        for (worker, _) in left { await starter.end(worker) }
    }
}
