import TestSupport
import Testing

@testable import SAPAccess

@Suite("Any order of events in a pool of workers")
struct WorkerPoolModelTests {
    @Test(
        "one caller a worker, no more workers than places, one start at a time, and nobody forgotten",
        arguments: [1, 2, 4])
    func anyOrder(places: Int) {
        for seed in 0..<300 {
            var model = PoolModel(places: places, seed: UInt64(seed))
            for _ in 0..<150 where model.problem == nil { model.happen() }
            model.settle()
            #expect(model.problem == nil, "places \(places), seed \(seed)")
        }
    }
}

/// Everything around the state machine, which obeys it and watches it.
private struct PoolModel {
    enum Phase { case starting, idle, leased, ending }

    private static let errors: [SAPAccessError] = [
        .workerLost(reason: "x"), .noPlace(system: "SIM"), .gate(sentence: "x", closed: true),
        .gate(sentence: "x", closed: false), .deadline(what: "x"),
    ]

    private var state: WorkerPoolState
    private let places: Int
    private var random: SeededRandom
    private var now = Duration.zero
    private var wakes: [Duration] = []
    private var waiting: Set<Int> = []
    private var leases: [Int: Int] = [:]
    private var workers: [Int: Phase] = [:]
    private var nextCaller = 1
    private var isShutDown = false
    private var hasFinished = false
    /// The first rule that was broken.
    private(set) var problem: String?

    init(places: Int, seed: UInt64) {
        self.places = places
        random = SeededRandom(seed: seed)
        var limits = WorkerPoolLimits()
        limits.calls = 3
        state = WorkerPoolState(system: "SIM", limits: limits)
    }

    private func count(_ phase: Phase) -> Int { workers.values.count { $0 == phase } }

    private mutating func require(_ holds: Bool, _ rule: String) {
        if !holds, problem == nil { problem = rule }
    }

    /// One event that can happen now, whichever.
    mutating func happen() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: request()
        case 6..<8: if let caller = waiting.randomElement(using: &random) { abandon(caller) }
        case 8..<12: release(isUsable: Bool.random(using: &random))
        case 12..<15: endStart(succeeds: Int.random(in: 0..<3, using: &random) > 0)
        case 15..<17: end()
        case 17, 18: pass()
        default: if Int.random(in: 0..<30, using: &random) == 0 { shutDown() }
        }
    }

    /// From here on all goes well, and time passes only as far as the state machine asked for.
    mutating func settle() {
        for _ in 0..<2_000 where problem == nil && !(waiting.isEmpty && leases.isEmpty) {
            endStart(succeeds: true)
            end()
            release(isUsable: true)
            if count(.starting) + count(.ending) + leases.count == 0, !waiting.isEmpty {
                require(!wakes.isEmpty, "callers wait and nobody will wake the pool")
                pass()
            }
        }
        require(waiting.isEmpty, "a caller waits for ever")
        shutDown()
        for _ in 0..<100 where !hasFinished {
            endStart(succeeds: false)
            end()
        }
        require(hasFinished && workers.isEmpty, "the pool does not end")
    }

    private mutating func request() {
        waiting.insert(nextCaller)
        nextCaller += 1
        obey(state.request(nextCaller - 1, at: now))
    }

    private mutating func abandon(_ caller: Int) {
        require(state.abandon(caller), "a waiting caller is not known")
        waiting.remove(caller)
    }

    private mutating func release(isUsable: Bool) {
        guard let (worker, _) = leases.randomElement(using: &random) else { return }
        leases[worker] = nil
        workers[worker] = .idle
        obey(state.released(worker, isUsable: isUsable, calls: 1, memoryBytes: 0, at: now))
        require(isUsable || workers[worker] == .ending || workers[worker] == nil, "a lost worker is kept")
    }

    private mutating func endStart(succeeds: Bool) {
        guard let worker = workers.first(where: { $0.value == .starting })?.key else { return }
        state.learned(places: places)
        if succeeds {
            workers[worker] = .idle
            obey(state.started(worker, at: now))
        } else {
            workers[worker] = nil
            obey(
                state.startFailed(
                    worker, Self.errors.randomElement(using: &random) ?? .shutDown, at: now))
        }
    }

    private mutating func end() {
        guard let worker = workers.first(where: { $0.value == .ending })?.key else { return }
        workers[worker] = nil
        obey(state.ended(worker, at: now))
    }

    private mutating func pass() {
        guard let next = wakes.min() else { return }
        wakes.removeAll { $0 == next }
        now = max(now, next)
        obey(state.tick(at: now))
    }

    private mutating func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        obey(state.shutDown(at: now))
        require(waiting.isEmpty, "a caller waits for a pool that is shut down")
    }

    private mutating func obey(_ actions: [WorkerPoolState.Action]) {
        for action in actions {
            switch action {
            case .start(let id):
                require(workers[id] == nil && count(.starting) == 0, "two starts at once")
                require(workers.count < places, "more workers than places")
                require(!isShutDown, "a start after the end")
                workers[id] = .starting
            case .abandon(let id): require(workers[id] == .starting, "a start is given up that is none")
            case .end(let id):
                require(workers[id] == .idle, "a worker is ended that is not idle")
                workers[id] = .ending
            case .lease(let caller, let id, _):
                require(workers[id] == .idle, "a worker is lent that is not idle")
                require(waiting.remove(caller) != nil, "somebody is served who does not wait")
                workers[id] = .leased
                leases[id] = caller
            case .fail(let caller, _):
                require(waiting.remove(caller) != nil, "somebody is told who does not wait")
            case .wake(let time): wakes.append(time)
            case .finish:
                require(isShutDown && workers.isEmpty && !hasFinished, "an end that is none")
                hasFinished = true
            }
        }
    }
}
