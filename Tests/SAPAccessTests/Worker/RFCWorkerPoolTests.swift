import Foundation
import Logging
import SAPAccess
import ServiceLifecycle
import TestSupport
import Testing

@Suite("A pool of RFC workers")
struct RFCWorkerPoolTests {
    static let wait = "RFC_PING_AND_WAIT"

    func source(_ pool: RFCWorkerPool) -> RFCSource {
        RFCSource(
            pool: pool,
            allowList: AllowList(functions: [
                Self.wait: ["SECONDS"], "STFC_CONNECTION": ["REQUTEXT", "ECHOTEXT"],
            ]))
    }

    func echo(_ source: RFCSource, _ text: String = "hello") async throws -> String {
        try await source.call("STFC_CONNECTION", ["REQUTEXT": .text(text)], results: ["ECHOTEXT"])
            .text("ECHOTEXT")
    }

    /// A call that takes as long, and the error that it ends with.
    func wait(_ source: RFCSource, seconds: Int64) async -> SAPAccessError? {
        do {
            _ = try await source.call(Self.wait, ["SECONDS": .integer(seconds)], results: [])
            return nil
        } catch {
            return error as? SAPAccessError
        }
    }

    func isRunning(_ standIn: StandIn, calls: Int = 1) async throws -> Bool {
        try await eventually { try await standIn.calls()[Self.wait] == calls }
    }

    /// Gone, or dead and not yet reaped by whoever inherited it.
    func isGone(_ id: Int32) async throws -> Bool {
        try await eventually {
            guard let stat = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return true }
            return String(decoding: stat, as: UTF8.self).contains(") Z ")
        }
    }

    @Test("kill -9 of a worker in the middle of a call costs that call, and the next one has a new worker")
    func killed() async throws {
        let standIn = try await StandIn()
        let budget = RecordingBudget(places: 4)
        let pool = try standIn.pool(budget: budget)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            async let error = wait(source, seconds: 60)
            #expect(try await isRunning(standIn))
            let id = try #require(pool.workerIDs.first)
            kill(id, SIGKILL)
            let lost = await error
            guard case .workerLost(let reason) = lost else {
                Issue.record("\(String(describing: lost))")
                return
            }
            #expect(reason.contains("signal 9") && lost?.kind == .transient)
            #expect(try await echo(source) == "hello")
            #expect(pool.workerIDs.count == 1 && pool.workerIDs.first != id)
            #expect(budget.held == 1)
        }
        #expect(try await standIn.calls()["(logon)"] == 2)
        #expect(try await standIn.calls()[Self.wait] == 1)
        #expect(budget.held == 0)
    }

    @Test("A worker that died while nobody used it costs no call")
    func diedIdle() async throws {
        let standIn = try await StandIn()
        let pool = try standIn.pool()
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            #expect(try await echo(source) == "hello")
            let id = try #require(pool.workerIDs.first)
            kill(id, SIGKILL)
            #expect(try await isGone(id))
            #expect(try await echo(source, "again") == "again")
        }
        #expect(try await standIn.calls()["(logon)"] == 2)
    }

    @Test("A call past its deadline is cancelled, its connection replaced, and nothing is called again")
    func hung() async throws {
        let standIn = try await StandIn()
        var deadlines = RFCDeadlines()
        deadlines.call = .milliseconds(300)
        let pool = try standIn.pool(deadlines: deadlines)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            let error = await wait(source, seconds: 60)
            #expect(error == .deadline(what: Self.wait))
            #expect(try await echo(source) == "hello")
        }
        #expect(try await standIn.calls()[Self.wait] == 1)
        #expect(try await standIn.calls()["(logon)"] == 2)
    }

    @Test("A worker that does not even take the cancellation is killed five seconds after the deadline")
    func stopped() async throws {
        let standIn = try await StandIn()
        var deadlines = RFCDeadlines()
        deadlines.call = .seconds(3)
        let pool = try standIn.pool(deadlines: deadlines)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            #expect(try await echo(source) == "hello")
            let id = try #require(pool.workerIDs.first)
            kill(id, SIGSTOP)
            let start = ContinuousClock().now
            await #expect(throws: SAPAccessError.deadline(what: "STFC_CONNECTION")) {
                try await echo(source)
            }
            let time = start.duration(to: ContinuousClock().now)
            #expect(time >= .seconds(8))
            #expect(try await echo(source) == "hello")
            #expect(try await isGone(id))
        }
    }

    @Test("A caller that goes away cancels its call, and the pool goes on")
    func abandoned() async throws {
        let standIn = try await StandIn()
        let pool = try standIn.pool()
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            let task = Task { try await source.call(Self.wait, ["SECONDS": .integer(60)], results: []) }
            #expect(try await isRunning(standIn))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await echo(source) == "hello")
        }
    }

    @Test("A wrong password is sent to SAP once, however many calls are waiting and come later")
    func wrongPassword() async throws {
        let standIn = try await StandIn()
        let gate = RecordingGate()
        var limits = WorkerPoolLimits()
        limits.backOff = .zero
        let pool = try standIn.pool(gate: gate, password: "wrong", limits: limits)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            let errors = await withTaskGroup(of: SAPAccessError?.self) { group in
                for _ in 0..<8 { group.addTask { await wait(source, seconds: 0) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.count == 8 && errors.allSatisfy { $0?.kind == .configuration })
            let later = await wait(source, seconds: 0)
            guard case .gate(let sentence, closed: true) = later else {
                Issue.record("\(String(describing: later))")
                return
            }
            #expect(sentence.contains("secrets retry"))
        }
        #expect(try await standIn.calls()["(logon)"] == 1)
        #expect(gate.begun == 1)
        guard case .refused = gate.outcomes.first else {
            Issue.record("\(gate.outcomes)")
            return
        }
    }

    @Test(
        "Four calls run at once on four connections, opened one after the other, and a fifth waits its turn")
    func four() async throws {
        let standIn = try await StandIn()
        let budget = RecordingBudget(places: 4)
        let gate = RecordingGate()
        let pool = try standIn.pool(gate: gate, budget: budget)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            let errors = await withTaskGroup(of: SAPAccessError?.self) { group in
                for _ in 0..<8 { group.addTask { await wait(source, seconds: 1) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.allSatisfy { $0 == nil })
            #expect(pool.workerIDs.count == 4)
        }
        // RecordingGate fails the test where two attempts are in flight at once.
        #expect(gate.outcomes == Array(repeating: .succeeded, count: 4))
        #expect(budget.greatest == 4 && budget.held == 0)
    }

    @Test("A place that another program of the host holds is waited for")
    func noPlace() async throws {
        let standIn = try await StandIn()
        let budget = RecordingBudget(places: 1)
        let other = try #require(try await budget.take(system: "SIM"))
        var limits = WorkerPoolLimits()
        limits.placeRetry = .milliseconds(20)
        limits.patience = .milliseconds(200)
        let pool = try standIn.pool(budget: budget, limits: limits)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            #expect(await wait(source, seconds: 0) == .noPlace(system: "SIM"))
            await budget.giveBack(other)
            #expect(try await eventually { (try? await echo(source)) == "hello" })
        }
    }

    @Test("A connection that SAP drops in a call is an error of that call, and is replaced")
    func dropped() async throws {
        let standIn = try await StandIn()
        let pool = try standIn.pool()
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            #expect(try await echo(source) == "hello")
            try await standIn.post("faults", #"{"kind":"drop","name":"STFC_CONNECTION","times":1}"#)
            await #expect {
                try await echo(source)
            } throws: { error in
                guard case SAPAccessError.rfc(let problem) = error else { return false }
                return problem.code == .communicationFailure && problem.kind == .transient
            }
            #expect(try await echo(source) == "hello")
        }
        #expect(try await standIn.calls()["(logon)"] == 2)
    }

    @Test("A worker that is worn is replaced between two calls")
    func recycled() async throws {
        let standIn = try await StandIn()
        let budget = RecordingBudget(places: 1)
        var limits = WorkerPoolLimits()
        limits.calls = 2
        let pool = try standIn.pool(budget: budget, limits: limits)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            for number in 0..<6 { #expect(try await echo(source, String(number)) == String(number)) }
        }
        #expect(try await standIn.calls()["(logon)"] == 3)
        #expect(budget.greatest == 1)
    }

    @Test("Without a library, or without SAP, no password is sent and the gate counts nothing")
    func nothingThere() async throws {
        let standIn = try await StandIn()
        let gate = RecordingGate()
        let pool = try standIn.pool(gate: gate, library: "/nowhere/libsapnwrfc.so")
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            let error = await wait(source, seconds: 0)
            #expect(error == .library(path: "/nowhere/libsapnwrfc.so", problem: .notFound))
        }
        #expect(gate.outcomes == [.notMade])
        #expect(try await standIn.calls().isEmpty)
    }

    @Test("SAP that is down costs no trust and no password, and is used as soon as it is back")
    func downAndBack() async throws {
        let first = try await StandIn()
        let gate = RecordingGate()
        var limits = WorkerPoolLimits()
        limits.backOff = .milliseconds(10)
        limits.longestBackOff = .milliseconds(10)
        limits.pingAfter = .zero
        let pool = try first.pool(gate: gate, limits: limits)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            #expect(try await echo(source) == "hello")
            try await first.stop()
            for _ in 0..<3 {
                let error = await wait(source, seconds: 0)
                #expect(error?.kind == .transient, "\(String(describing: error))")
                #expect(error?.concernsConnection == true)
            }
            #expect(!gate.outcomes.contains(.unknown))
            let second = try await StandIn(port: first.port)
            #expect(try await eventually { (try? await echo(source)) == "hello" })
            // An idle connection that ends is found by the ping: the call does not even notice.
            try await second.stop()
            let third = try await StandIn(port: first.port)
            #expect(try await echo(source, "third") == "third")
            #expect(try await third.calls()["(logon)"] == 1)
        }
    }

    @Test("After a restart of SAP no call fails, however many connections were idle")
    func allStale() async throws {
        let first = try await StandIn()
        var limits = WorkerPoolLimits()
        limits.pingAfter = .zero
        let pool = try first.pool(limits: limits)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = await wait(source, seconds: 1) } }
            }
            #expect(pool.workerIDs.count == 4)
            try await first.stop()
            let second = try await StandIn(port: first.port)
            #expect(try await echo(source) == "hello")
            #expect(try await second.calls()["STFC_CONNECTION"] == 1)
        }
    }

    @Test(
        "A host that never answers has seen no password; one that took the connection may have",
        arguments: [true, false])
    func silentHost(answersNothing: Bool) async throws {
        let host = try SilentHost(isFull: answersNothing)
        let gate = RecordingGate()
        var deadlines = RFCDeadlines()
        deadlines.logon = .seconds(1)
        let pool = try StandIn.pool(port: host.port, gate: gate, deadlines: deadlines)
        let source = source(pool)
        try await pool.whileRunning { () async throws -> Void in
            #expect(await wait(source, seconds: 0) == .deadline(what: "logon to SIM"))
        }
        #expect(gate.outcomes == [answersNothing ? .notMade : .unknown])
    }
}
