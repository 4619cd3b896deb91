/// Which worker serves whom, and when one starts or ends.
///
/// Decides; does nothing itself, and knows no clock: times are durations since an instant of its owner's choice.
struct WorkerPoolState {
    typealias WorkerID = Int
    typealias CallerID = Int

    enum Action: Equatable {
        /// Start a worker, then report `started` or `startFailed`.
        case start(WorkerID)
        /// Give up a start that may take long; it is reported as before.
        case abandon(WorkerID)
        /// End a worker, then report `ended`.
        case end(WorkerID)
        /// Hand the worker to the caller, who reports `released`. `ping` where its connection may be gone.
        case lease(CallerID, WorkerID, ping: Bool)
        case fail(CallerID, SAPAccessError)
        /// Report `tick` at that time, or earlier.
        case wake(at: Duration)
        /// It was shut down, and no worker is left.
        case finish
    }

    private enum Phase: Equatable {
        case starting
        case idle(since: Duration)
        case leased
        case ending
    }

    private struct Worker {
        var phase = Phase.starting
        var startedAt = Duration.zero
        var calls = 0
        var memoryBytes = 0
    }

    private struct Failure {
        var error: SAPAccessError
        var until: Duration
        var count: Int
    }

    private let system: String
    private let limits: WorkerPoolLimits
    private var workers: [WorkerID: Worker] = [:]
    /// Idle workers, the one used last behind: the others come to be idle long enough to end.
    private var idle: [WorkerID] = []
    private var waiting: [(caller: CallerID, until: Duration)] = []
    private var nextWorker: WorkerID = 1
    /// Places that the budget has; one until it was asked.
    private(set) var places = 1
    /// A second connection is opened only after a first one has succeeded (DESIGN 4.6).
    private var isProven = false
    private var failure: Failure?
    /// The last start found no place in the budget: others hold them.
    private var lacksPlace = false
    private var notBefore = Duration.zero
    private var armed: Duration?
    private(set) var isShutDown = false
    private var hasFinished = false

    init(system: String, limits: WorkerPoolLimits) {
        self.system = system
        self.limits = limits
    }

    /// Workers that are logged on.
    var aliveCount: Int {
        workers.values.count { worker in
            if case .starting = worker.phase { false } else { worker.phase != .ending }
        }
    }

    /// Whether the worker is in the hands of a caller.
    func isLeased(_ id: WorkerID) -> Bool { workers[id]?.phase == .leased }

    // MARK: Callers

    /// A caller wants a worker.
    mutating func request(_ caller: CallerID, at now: Duration) -> [Action] {
        if isShutDown { return [.fail(caller, .shutDown)] }
        if let failure, now < failure.until, aliveCount == 0 { return [.fail(caller, failure.error)] }
        waiting.append((caller, now + limits.patience))
        return proceed(at: now)
    }

    /// A waiting caller went away.
    ///
    /// - Returns: whether it was still waiting.
    mutating func abandon(_ caller: CallerID) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.caller == caller }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// A caller is done with a worker.
    ///
    /// - Parameters:
    ///   - isUsable: false where the connection or the process is lost, or may be.
    ///   - calls: how many requests it made.
    mutating func released(
        _ id: WorkerID, isUsable: Bool, calls: Int, memoryBytes: Int, at now: Duration,
    ) -> [Action] {
        guard var worker = workers[id], worker.phase == .leased else { return [] }
        worker.calls += calls
        if memoryBytes > 0 { worker.memoryBytes = memoryBytes }
        let isKept = isUsable && !isShutDown && !isWorn(worker, at: now)
        worker.phase = isKept ? .idle(since: now) : .ending
        workers[id] = worker
        if isKept { idle.append(id) }
        return (isKept ? [] : [.end(id)]) + proceed(at: now)
    }

    // MARK: Workers

    /// The budget's places, told before the outcome of a start.
    mutating func learned(places: Int) { self.places = max(1, places) }

    mutating func started(_ id: WorkerID, at now: Duration) -> [Action] {
        guard workers[id] != nil else { return [] }
        isProven = true
        failure = nil
        lacksPlace = false
        if isShutDown {
            workers[id]?.phase = .ending
            return [.end(id)]
        }
        workers[id]?.phase = .idle(since: now)
        workers[id]?.startedAt = now
        idle.append(id)
        return proceed(at: now)
    }

    /// A worker did not come to be; its process has ended and its place is given back.
    mutating func startFailed(_ id: WorkerID, _ error: SAPAccessError, at now: Duration) -> [Action] {
        guard workers.removeValue(forKey: id) != nil else { return [] }
        lacksPlace = error == .noPlace(system: system)
        if lacksPlace {
            // Not SAP's fault: others use the places, and callers wait for one as long as they can.
            notBefore = now + limits.placeRetry
            return proceed(at: now)
        }
        let count = (failure?.count ?? 0) + 1
        let wait = min(limits.backOff * (1 << min(count - 1, 10)), limits.longestBackOff)
        failure = Failure(error: error, until: now + wait, count: count)
        notBefore = now + wait
        if error.kind == .configuration { isProven = false }
        guard aliveCount == 0 else { return proceed(at: now) }
        let callers = waiting
        waiting = []
        return callers.map { .fail($0.caller, error) } + proceed(at: now)
    }

    /// A worker's process has ended and its place is given back.
    mutating func ended(_ id: WorkerID, at now: Duration) -> [Action] {
        workers[id] = nil
        return proceed(at: now)
    }

    // MARK: Time and end

    /// Time has passed.
    mutating func tick(at now: Duration) -> [Action] {
        if let armed, armed <= now { self.armed = nil }
        return proceed(at: now)
    }

    /// Callers that wait fail, idle workers end, leased ones end when they are released.
    mutating func shutDown(at now: Duration) -> [Action] {
        isShutDown = true
        let callers = waiting
        waiting = []
        let starting = workers.filter { $0.value.phase == .starting }.keys
        return callers.map { .fail($0.caller, .shutDown) } + starting.map { .abandon($0) } + proceed(at: now)
    }

    /// What follows from the present state.
    private mutating func proceed(at now: Duration) -> [Action] {
        var actions: [Action] = []
        retire(at: now, into: &actions)
        while !waiting.isEmpty, let id = idle.popLast() {
            guard case .idle(let since) = workers[id]?.phase else { continue }
            workers[id]?.phase = .leased
            let caller = waiting.removeFirst().caller
            actions.append(.lease(caller, id, ping: now - since >= limits.pingAfter))
        }
        impatient(at: now, into: &actions)
        startIfNeeded(at: now, into: &actions)
        arm(at: now, into: &actions)
        if isShutDown, workers.isEmpty, !hasFinished {
            hasFinished = true
            actions.append(.finish)
        }
        return actions
    }

    /// Ends idle workers that are worn, or that nobody has needed.
    private mutating func retire(at now: Duration, into actions: inout [Action]) {
        let spare = waiting.isEmpty ? max(0, aliveCount - 1) : 0
        var retired = 0
        for id in idle {
            guard let worker = workers[id], case .idle(let since) = worker.phase else { continue }
            let isSpare = retired < spare && now - since >= limits.idle
            guard isShutDown || isWorn(worker, at: now) || isSpare else { continue }
            retired += 1
            workers[id]?.phase = .ending
            actions.append(.end(id))
        }
        let ending = Set(workers.filter { $0.value.phase == .ending }.keys)
        idle.removeAll(where: ending.contains)
    }

    private func isWorn(_ worker: Worker, at now: Duration) -> Bool {
        now - worker.startedAt >= limits.age || worker.calls >= limits.calls
            || worker.memoryBytes > limits.memoryBytes
    }

    private mutating func impatient(at now: Duration, into actions: inout [Action]) {
        while let first = waiting.first, first.until <= now {
            waiting.removeFirst()
            let error: SAPAccessError =
                aliveCount > 0 || lacksPlace
                ? .noPlace(system: system) : .deadline(what: "waiting for a logon to \(system)")
            actions.append(.fail(first.caller, error))
        }
    }

    /// One at a time: the gate lets one attempt through, and the first one shows whether the password is right.
    private mutating func startIfNeeded(at now: Duration, into actions: inout [Action]) {
        let isStarting = workers.values.contains { $0.phase == .starting }
        guard !isShutDown, !waiting.isEmpty, !isStarting, workers.count < places, now >= notBefore else {
            return
        }
        guard isProven || workers.isEmpty else { return }
        workers[nextWorker] = Worker()
        actions.append(.start(nextWorker))
        nextWorker += 1
    }

    /// The next time at which anything changes by itself.
    private mutating func arm(at now: Duration, into actions: inout [Action]) {
        var times: [Duration] = []
        if let first = waiting.first {
            times.append(first.until)
            if notBefore > now { times.append(notBefore) }
        }
        if aliveCount > 1, let first = idle.first, case .idle(let since) = workers[first]?.phase {
            times.append(max(since + limits.idle, now))
        }
        guard let next = times.min(), armed.map({ next < $0 }) ?? true else { return }
        armed = next
        actions.append(.wake(at: next))
    }
}
