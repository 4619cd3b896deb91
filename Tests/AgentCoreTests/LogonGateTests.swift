import AgentCore
import SAPAccess
import SQLStore
import TestSupport
import Testing

@Suite("Logon gate and call budget in the spool")
struct LogonGateTests {
    private static let identity = LogonIdentity(system: "PRD", client: "100", user: "ML_AGENT")

    private static func open(_ folder: TemporaryFolder) async throws -> Spool {
        let database = try await SQLiteDatabase.open(path: folder.file("spool.db"))
        return try await Spool.open(database, clock: HostClock { 1_795_600_000_000 })
    }

    private static func gate(_ spool: Spool, _ name: String, alive: Set<String> = []) -> SpoolLogonGate {
        SpoolLogonGate(
            spool: spool, owner: ProcessOwner(name: name) { alive.contains($0) }, patience: 2, wait: {})
    }

    @Test("One refusal closes the gate for every process, until a person asks for one more try")
    func refusal() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        let gate = Self.gate(spool, "1@1")
        let attempt = try await gate.begin(Self.identity)
        try await gate.end(attempt, .refused(sentence: "Name or password is incorrect"))
        let other = Self.gate(try await Self.open(folder), "2@2")
        await #expect(throws: LogonGateError.closed(Self.identity, reason: "Name or password is incorrect")) {
            _ = try await other.begin(Self.identity)
        }
        let opened = try await other.retry()
        #expect(opened == 1)
        let again = try await other.begin(Self.identity)
        try await other.end(again, .succeeded)
    }

    @Test("While a living process tries, nobody else does")
    func oneInFlight() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        _ = try await Self.gate(spool, "1@1").begin(Self.identity)
        await #expect(throws: LogonGateError.busy(Self.identity)) {
            _ = try await Self.gate(spool, "2@2", alive: ["1@1"]).begin(Self.identity)
        }
    }

    @Test("Two attempts that died without an answer close the gate, one does not")
    func unknownOutcomes() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        _ = try await Self.gate(spool, "1@1").begin(Self.identity)
        _ = try await Self.gate(spool, "2@2").begin(Self.identity)
        await #expect(throws: LogonGateError.self) {
            _ = try await Self.gate(spool, "3@3").begin(Self.identity)
        }
    }

    @Test("What never reached SAP is not counted")
    func notMade() async throws {
        let folder = try TemporaryFolder()
        let gate = Self.gate(try await Self.open(folder), "1@1")
        for _ in 0..<5 {
            let attempt = try await gate.begin(Self.identity)
            try await gate.end(attempt, .notMade)
        }
    }

    @Test("The budget is shared, and a dead process frees its places")
    func budget() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        let dying = SpoolCallBudget(spool: spool, owner: ProcessOwner(name: "1@1") { _ in true }, capacity: 2)
        _ = try await dying.take(system: "PRD")
        let permit = try #require(try await dying.take(system: "PRD"))
        let none = try await dying.take(system: "PRD")
        #expect(none == nil)
        await dying.giveBack(permit)
        let survivor = SpoolCallBudget(
            spool: spool, owner: ProcessOwner(name: "2@2") { _ in false }, capacity: 1)
        let freed = try await survivor.take(system: "PRD")
        #expect(freed != nil)
    }

    @Test(
        "An end of a logon that a full disk did not take bars the gate no longer than the disk is full",
        arguments: [LogonOutcome.succeeded, .notMade, .unknown, .refused(sentence: "Wrong password")])
    func endOnFillingDisk(outcome: LogonOutcome) async throws {
        let folder = try TemporaryFolder()
        let disk = FillingDisk(try await SQLiteDatabase.open(path: folder.file("spool.db")))
        let gate = Self.gate(
            try await Spool.open(disk, clock: HostClock { 1_795_600_000_000 }), "1@1", alive: ["1@1"])
        let attempt = try await gate.begin(Self.identity)
        disk.room.leave(0)
        await #expect(throws: SQLError.full) { try await gate.end(attempt, outcome) }
        disk.room.leave(nil)
        guard case .refused(let sentence) = outcome else {
            let next = try await gate.begin(Self.identity)
            return try await gate.end(next, .succeeded)
        }
        // What was refused stays refused: no second try with the same password.
        await #expect(throws: LogonGateError.closed(Self.identity, reason: sentence)) {
            _ = try await gate.begin(Self.identity)
        }
    }

    /// A budget of one place, which PRD gave back while the disk was full.
    private static func budgetAfterFullDisk(_ folder: TemporaryFolder) async throws -> SpoolCallBudget {
        let disk = FillingDisk(try await SQLiteDatabase.open(path: folder.file("spool.db")))
        let spool = try await Spool.open(disk, clock: HostClock { 1_795_600_000_000 })
        let budget = SpoolCallBudget(
            spool: spool, owner: ProcessOwner(name: "1@1") { _ in true }, capacity: 1)
        let permit = try #require(try await budget.take(system: "PRD"))
        disk.room.leave(0)
        await budget.giveBack(permit)
        disk.room.leave(nil)
        return budget
    }

    @Test("A place given back on a full disk is there again when the disk has room")
    func returnOnFillingDisk() async throws {
        let folder = try TemporaryFolder()
        let budget = try await Self.budgetAfterFullDisk(folder)
        let again = try await budget.take(system: "PRD")
        #expect(again != nil)
        let third = try await budget.take(system: "PRD")
        #expect(third == nil)
    }

    @Test("A place that one system could not get back is not forgotten when another gives one out")
    func returnOfTwoSystems() async throws {
        let folder = try TemporaryFolder()
        let budget = try await Self.budgetAfterFullDisk(folder)
        _ = try await budget.take(system: "QAS")
        let again = try await budget.take(system: "PRD")
        #expect(again != nil)
    }

    @Test("This process is alive by its own name, and another of its id is not")
    func owner() {
        let owner = ProcessOwner.current
        #expect(owner.isAlive(owner.name))
        #expect(!owner.isAlive(owner.name + "1"))
    }
}
