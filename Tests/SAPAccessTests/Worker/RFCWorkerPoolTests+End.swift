import Foundation
import Logging
import SAPAccess
import ServiceLifecycle
import TestSupport
import Testing

extension RFCWorkerPoolTests {
    @Test("A shutdown does not wait for a logon to a host that does not answer")
    func shutDownWhileLoggingOn() async throws {
        let host = try SilentHost(isFull: true)
        let (gate, budget) = (RecordingGate(), RecordingBudget(places: 4))
        let pool = try StandIn.pool(port: host.port, gate: gate, budget: budget)
        let source = source(pool)
        let group = ServiceGroup(services: [pool], gracefulShutdownSignals: [], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            async let error = wait(source, seconds: 0)
            #expect(try await eventually { host.isCalled })
            await group.triggerGracefulShutdown()
            #expect(await error == .shutDown)
            try await tasks.waitForAll()
        }
        #expect(gate.outcomes == [.notMade])
        #expect(budget.held == 0)
    }

    @Test("A shutdown that comes before the process of a logon has started sends no password any more")
    func shutDownBeforeLoggingOn() async throws {
        let host = try SilentHost(isFull: false)
        let (opened, opening) = AsyncStream<Void>.makeStream()
        let gate = RecordingGate { for await _ in opened {} }
        let budget = RecordingBudget(places: 4)
        var deadlines = RFCDeadlines()
        deadlines.logon = .seconds(1)
        let pool = try StandIn.pool(port: host.port, gate: gate, budget: budget, deadlines: deadlines)
        let source = source(pool)
        let group = ServiceGroup(services: [pool], gracefulShutdownSignals: [], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            async let error = wait(source, seconds: 0)
            #expect(try await eventually { gate.begun == 1 })
            await group.triggerGracefulShutdown()
            #expect(await error == .shutDown)
            opening.finish()
            try await tasks.waitForAll()
        }
        #expect(gate.outcomes == [.notMade])
        #expect(budget.held == 0)
    }

    @Test("A graceful shutdown lets the running call end, logs off, and leaves no process and no place held")
    func shutDown() async throws {
        let standIn = try await StandIn()
        let budget = RecordingBudget(places: 4)
        let pool = try standIn.pool(budget: budget)
        let source = source(pool)
        let group = ServiceGroup(
            services: [pool], gracefulShutdownSignals: [], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            async let running = wait(source, seconds: 1)
            #expect(try await isRunning(standIn))
            let id = try #require(pool.workerIDs.first)
            await group.triggerGracefulShutdown()
            #expect(await running == nil)
            try await tasks.waitForAll()
            #expect(try await isGone(id))
            #expect(await wait(source, seconds: 0) == .shutDown)
        }
        #expect(budget.held == 0 && budget.greatest == 1)
    }

    @Test("Workers die with their parent, even in the middle of a call")
    func parentDies() async throws {
        let standIn = try await StandIn()
        let folder = try TemporaryFolder()
        let port: Int = standIn.port
        let file: String = folder.file("worker")
        await #expect(processExitsWith: .signal(SIGKILL)) { [port = port as Int, file = file as String] in
            let pool = try StandIn.pool(port: port)
            let source = RFCSource(
                pool: pool, allowList: AllowList(functions: ["RFC_PING_AND_WAIT": ["SECONDS"]]))
            try await pool.whileRunning { () async throws -> Void in
                async let running = source.call("RFC_PING_AND_WAIT", ["SECONDS": .integer(60)], results: [])
                _ = try await eventually { !pool.workerIDs.isEmpty }
                let id = pool.workerIDs.first.map(String.init) ?? ""
                try id.write(toFile: file, atomically: true, encoding: .utf8)
                kill(getpid(), SIGKILL)
                _ = try await running
            }
        }
        let id = try #require(Int32(try String(contentsOfFile: file, encoding: .utf8)))
        #expect(try await isGone(id))
    }

    @Test("Workers die with their pool when nobody ended it")
    func poolIsDropped() async throws {
        let standIn = try await StandIn()
        var pool: RFCWorkerPool? = try standIn.pool()
        let id = try await pool?.whileRunning { [pool] () -> Int32? in
            guard let pool else { return nil }
            _ = try await echo(source(pool))
            return pool.workerIDs.first
        }
        pool = nil
        #expect(try await isGone(try #require(id ?? nil)))
    }
}
