import Foundation
import SQLStore
import Testing
import WholeChain

/// Real processes, sockets, TLS and SQLite, from SAP's stand-in to Twilio's, judged by their ledgers.
///
/// Serialised: each test runs four programs, and two cores are enough for one of them.
@Suite("The whole chain", .serialized, .keepsEvidence)
struct WholeChainIntegration {
    @Test("a day's documents are journaled once, told once and delivered, and the audit log holds")
    func day() async throws {
        try await TestChain.run(seed: 31) { chain in
            try await chain.play(25)
            let verdict = try await chain.waitUntilClean()
            #expect(verdict.journaled == verdict.facts)
            #expect(try await chain.relayCommand(["audit", "verify"]).contains("Everything holds."))
            try await Self.tamper(chain)
            let broken = await #expect(throws: ChainError.self) {
                try await chain.relayCommand(["audit", "verify"])
            }
            #expect("\(String(describing: broken))".contains("does not hold"))
        }
    }

    /// Changes one event's bytes in the running relay's database.
    private static func tamper(_ chain: Chain) async throws {
        let database = try await SQLiteDatabase.open(path: chain.folder.file("relay.db"))
        _ = try await database.write { connection in
            try connection.execute(
                """
                UPDATE leaf SET bytes = CAST(bytes || x'00' AS BLOB) WHERE (tenant, batch, position) IN
                    (SELECT tenant, batch, position FROM leaf ORDER BY batch LIMIT 1)
                """)
        }
        await database.close()
    }

    /// What is done to Twilio's ledger, and what the judge has to find then.
    private static let mutations: [(sql: String, finds: any KeyPath<Verdict, [String]> & Sendable)] = [
        ("DELETE FROM create_request WHERE id = 1", \.lost),
        (
            """
            INSERT INTO create_request (at_ms, channel, accepted, status, sid, recipient, sender, body, callback_url,
                correlation, raw)
            SELECT at_ms, channel, accepted, status, sid || 'x', recipient, sender, body, callback_url, correlation,
                raw FROM create_request WHERE id = 1
            """, \.doubled
        ),
        ("UPDATE create_request SET recipient = '+491715559999' WHERE id = 1", \.invented),
        ("UPDATE create_request SET channel = 'fax' WHERE id = 1", \.invented),
        (
            """
            UPDATE create_request SET body = replace(body, '00000', '11111')
            WHERE id = (SELECT min(id) FROM create_request WHERE body LIKE '%45000000%')
            """, \.invented
        ),
        (
            """
            UPDATE create_request SET body = replace(body, '.00 ', '0.00 ')
            WHERE id = (SELECT min(id) FROM create_request WHERE body LIKE '%.00 EUR%' OR body LIKE '%.00 USD%')
            """, \.invented
        ),
    ]

    @Test("the judge sees a message that is dropped, doubled, sent elsewhere, or tells another amount")
    func judged() async throws {
        try await TestChain.run(seed: 37) { chain in
            try await chain.play(12)
            _ = try await chain.waitUntilClean()
            let ledger = try await SQLiteDatabase.open(path: chain.folder.file("twilio.db"))
            _ = try await ledger.write { connection in
                try connection.execute("CREATE TABLE kept AS SELECT * FROM create_request")
            }
            for (sql, finds) in Self.mutations {
                let changed = try await ledger.write { connection in
                    try connection.execute(sql)
                }
                let verdict = try await chain.verdict()
                #expect(changed == 1)
                #expect(!verdict[keyPath: finds].isEmpty, "\(sql) changed \(changed) rows")
                #expect(!verdict.isClean)
                _ = try await ledger.write { connection in
                    try connection.execute("DELETE FROM create_request")
                    try connection.execute("INSERT INTO create_request SELECT * FROM kept")
                }
                #expect(try await chain.verdict().isClean)
            }
            await ledger.close()
        }
    }

    @Test(
        "relay and Twilio away in the middle of a day, and SAP dropping connections, lose and double nothing")
    func outages() async throws {
        try await TestChain.run(seed: 32) { chain in
            try await chain.startDay(documents: 40, perMinute: 300)
            try await chain.relay.kill()
            try await chain.sapControl.post("/faults", #"{"kind":"drop","name":"RFC_READ_TABLE","times":3}"#)
            try await chain.wait(for: "ten documents", within: .seconds(60)) {
                try await chain.dayProgress().played >= 10
            }
            try await chain.relay.start()
            try await chain.twilio.kill()
            try await chain.wait(for: "twenty documents", within: .seconds(60)) {
                try await chain.dayProgress().played >= 20
            }
            try await chain.twilio.start()
            try await chain.wait(for: "the end of the day", within: .seconds(60)) {
                try await !chain.dayProgress().isRunning
            }
            _ = try await chain.waitUntilClean(within: .seconds(180))
        }
    }

    @Test(
        "one document that may not be read waits by itself with its reason, and is told once it can be read")
    func unreadableDocument() async throws {
        try await TestChain.run(seed: 33) { chain in
            let denied = "5105600001"  // the day's first invoice
            try await chain.sapControl.post(
                "/faults", #"{"kind":"deny_document","name":"\#(denied)"}"#)
            try await chain.play(25)
            try await chain.wait(for: "a pending document", within: .seconds(30)) {
                try await !chain.agentStatus().pending.isEmpty
            }
            try await chain.wait(for: "the other documents' messages", within: .seconds(60)) {
                let verdict = try await chain.verdict()
                return verdict.delivered > 0 && verdict.lost.allSatisfy { $0.contains(denied) }
            }
            let waiting = try await chain.agentStatus().pending
            #expect(waiting.allSatisfy { $0.reason == "rejected" }, "\(waiting)")
            let status = try await chain.agentCommand(["status"])
            #expect(status.contains("No authorization to display invoice \(denied)"), "\(status)")
            #expect(Set(waiting.map { String($0.document.prefix(10)) }) == [denied])
            #expect(try await !chain.verdict().lost.isEmpty)
            try await chain.sapControl.delete("/faults")
            // What is pending is tried again after 60 s.
            _ = try await chain.waitUntilClean(within: .seconds(180))
            #expect(try await chain.agentStatus().pending.isEmpty)
        }
    }

    @Test("a wrong password is tried once for the whole system, and the right one lets everything go on")
    func wrongPassword() async throws {
        try await TestChain.run(seed: 34) { chain in
            try await chain.agent.kill()
            try await chain.agentCommand(["secrets", "set", "sap.password"], input: "not-the-password")
            let before = try await Self.logons(chain)
            try await chain.agent.start()
            try await chain.wait(for: "a closed gate", within: .seconds(30)) {
                try await chain.agentStatus().gates.contains(where: \.isClosed)
            }
            try await chain.play(10)
            #expect(try await Self.logons(chain) == before + 1)
            try await chain.agent.kill()
            let password = try String(contentsOfFile: chain.folder.file("sap.password"), encoding: .utf8)
            try await chain.agentCommand(["secrets", "set", "sap.password"], input: password)
            try await chain.agent.start()
            _ = try await chain.waitUntilClean()
        }
    }

    /// How often somebody has tried to log on to SAP.
    private static func logons(_ chain: Chain) async throws -> Int {
        let calls = try JSONDecoder().decode([String: Int].self, from: await chain.sapControl.get("/calls"))
        return try #require(calls["(logon)"])
    }

    @Test("a pause holds every message within a second, and a resume lets them go")
    func pause() async throws {
        try await TestChain.run(seed: 35) { chain in
            try await chain.relayCommand(["pause", "--reason", "test"])
            try await chain.play(10)
            try await chain.wait(for: "waiting messages", within: .seconds(60)) {
                let verdict = try await chain.verdict()
                return verdict.journaled == verdict.facts && verdict.notifications > 0
            }
            #expect(try await chain.verdict().accepted == 0)
            try await chain.relayCommand(["resume"])
            _ = try await chain.waitUntilClean()
        }
    }

    @Test("a revoked agent is refused and loses nothing: paired again, it goes on where it was")
    func revoked() async throws {
        try await TestChain.run(seed: 36) { chain in
            struct Agents: Decodable {
                struct Agent: Decodable { let agent: String }
                let agents: [Agent]
            }
            let text = try await chain.relayCommand(["agents", "list", "--json"])
            let agents = try JSONDecoder().decode(Agents.self, from: Data(text.utf8))
            let agent = try #require(agents.agents.first).agent
            try await chain.relayCommand(["agents", "revoke", agent])
            try await chain.play(10)
            try await chain.wait(for: "the relay's refusal", within: .seconds(60)) {
                try await chain.agentStatus().link.problem?.contains("The signing key was revoked.") == true
            }
            #expect(try await chain.verdict().journaled == 0)
            try await chain.agent.kill()
            let token = try await chain.relayCommand(["agents", "invite", "demo", "--token-only"])
            try await chain.agentCommand(["pair", "--replace"], input: token)
            try await chain.agent.start()
            _ = try await chain.waitUntilClean()
        }
    }
}
