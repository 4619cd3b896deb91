import SQLStore
import TestSupport
import Testing

@testable import SAPSimulator

@Suite struct DayTests {
    @Test("the same seed plays the same documents in the same order, another seed plays others")
    func repeats() {
        func facts(_ seed: UInt64) -> [[CommittedFact]] {
            var day = BusinessDay(client: "100", seed: seed)
            return (0..<60).map { _ in day.next(("20250601", "120000")).facts }
        }
        #expect(facts(7) == facts(7))
        #expect(facts(7) != facts(8))
        #expect(Set(facts(7).joined()).count == facts(7).joined().count)
    }

    @Test(
        "every fact of a played day stands in the ledger, and its rows are seen at their commit and not before"
    )
    func plays() async throws {
        let folder = try TemporaryFolder()
        let ledger = try await Ledger.open(folder.file("ledger.sqlite"))
        let system = ECCSystem(seed: 1) { 1_750_000_000 }
        let player = DayPlayer(system: system, ledger: ledger, seed: 3, progress: DayProgress())
        let (requests, ask) = AsyncStream.makeStream(of: DayPlayer.Request.self)
        ask.yield(DayPlayer.Request(documents: 20, documentsPerMinute: 1_000_000))
        ask.finish()
        try await player.run(requests)
        let database = try await SQLiteDatabase.open(path: folder.file("ledger.sqlite"))
        let created = try await database.read { connection in
            try connection.query("SELECT document, committed_at FROM fact WHERE transition = 'created'").map {
                (try $0.text("document"), try $0.real("committed_at"))
            }
        }
        #expect(created.count > 3)
        for (document, commit) in created {
            let key = ["EBELN": document]
            #expect(system.tables.find("EKKO", key, client: "100", at: commit).count == 1)
            #expect(system.tables.find("EKKO", key, client: "100", at: commit - 0.01).isEmpty)
            #expect(system.tables.find("EKKO", key, client: "200", at: commit).isEmpty)
        }
    }

    @Test("a day that is ended takes no day behind it along, and one that was not running ends nothing")
    func ending() {
        let progress = DayProgress()
        progress.askToStop()
        #expect(!progress.isToStop && !progress.report.isRunning)
        progress.begin()
        progress.askToStop()
        progress.begin()
        #expect(progress.isToStop)
        progress.end()
        #expect(!progress.isToStop && progress.report.isRunning)
        progress.end()
        #expect(!progress.report.isRunning)
    }

    @Test("a document's later facts are never seen before its earlier ones, however late those are committed")
    func ordered() async throws {
        let folder = try TemporaryFolder()
        let ledger = try await Ledger.open(folder.file("ledger.sqlite"))
        let system = ECCSystem(seed: 1) { 1_750_000_000 }
        let player = DayPlayer(system: system, ledger: ledger, seed: 3, progress: DayProgress())
        let (requests, ask) = AsyncStream.makeStream(of: DayPlayer.Request.self)
        ask.yield(DayPlayer.Request(documents: 300, documentsPerMinute: 1_000_000))
        ask.finish()
        try await player.run(requests)
        let database = try await SQLiteDatabase.open(path: folder.file("ledger.sqlite"))
        let facts = try await database.read { connection in
            try connection.query("SELECT document, committed_at FROM fact ORDER BY number").map {
                (document: try $0.text("document"), commit: try $0.real("committed_at"))
            }
        }
        var last: [String: Double] = [:]
        for fact in facts {
            #expect(fact.commit >= last[fact.document] ?? 0, "\(fact.document)")
            last[fact.document] = fact.commit
        }
        #expect(last.count < facts.count)
        #expect(Set(facts.map(\.commit)).count > 1, "nothing was late")
    }
}
