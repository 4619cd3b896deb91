import Foundation
import Testing
import WholeChain

/// The wire specification is enough: an agent in Python, written from it alone, works with ours.
///
/// Serialised: each test starts a whole chain of processes.
@Suite("Python peer", .serialized, .keepsEvidence)
struct PythonPeerTests {
    private struct Paired: Decodable { let agent: String }

    private struct Pushed: Decodable, Equatable {
        let manifest: String
        let sequence: Int
        let acknowledgement: String
    }

    private struct Aside: Decodable {
        let agent: String
        let code: String
        let reason: String
    }

    private struct Checked: Decodable {
        let batches: Int
        let facts: [String]
    }

    private struct Event: Decodable {
        let id: String
        let type: String
        let subject: String
        let kind: String
    }

    private static func invite(_ chain: Chain) async throws -> String {
        try await chain.relayCommand(["agents", "invite", "python", "--token-only"])
    }

    private static func events(_ chain: Chain, _ options: [String] = []) async throws -> [Event] {
        let text = try await chain.relayCommand(["events", "--limit", "10000", "--json"] + options)
        return try JSONDecoder().decode([Event].self, from: Data(text.utf8))
    }

    @Test("pairs by a token, pushes batches that are journaled, and gets the same answer for the same batch")
    func pairsAndPushes() async throws {
        let peer = try PythonPeer()
        try await TestChain.run(seed: 51) { chain in
            let home = chain.folder.file("python")
            let token = try await Self.invite(chain)
            let paired = try await peer.run(Paired.self, ["pair", home], input: token)
            let again = try await peer.run(Paired.self, ["pair", home], input: token)
            #expect(again.agent == paired.agent, "the same token from the same key")
            let stranger = try await peer.refusal(["pair", chain.folder.file("other")], input: token)
            #expect(stranger?.contains("409 urn:ml-connector:problem:token-used") == true)

            let first = try await peer.run(Pushed.self, ["push", home, "4700000001"])
            #expect(try await peer.run(Pushed.self, ["push", home, "4700000001"]) == first)
            let second = try await peer.run(Pushed.self, ["push", home, "4700000002"])
            #expect(first.sequence == 1)
            #expect(second.sequence == 2)
            for order in ["4700000001", "4700000002"] {
                try await chain.wait(for: "order \(order) in the journal", within: .seconds(60)) {
                    try await !Self.events(chain, ["--subject", order]).isEmpty
                }
                let found = try await Self.events(chain, ["--subject", order])
                #expect(found.map(\.type) == ["sap.purchase_order.created"])
                #expect(found.map(\.kind) == ["fact"])
            }
            // What the relay cannot decode is set aside with its reason; what comes behind it goes on.
            _ = try await peer.run(Pushed.self, ["push", "--undecodable", home, "4700000003"])
            _ = try await peer.run(Pushed.self, ["push", home, "4700000004"])
            try await chain.wait(for: "order 4700000004 in the journal", within: .seconds(60)) {
                try await !Self.events(chain, ["--subject", "4700000004"]).isEmpty
            }
            #expect(try await Self.events(chain, ["--subject", "4700000003"]).isEmpty)
            let aside = try JSONDecoder().decode(
                [Aside].self, from: Data(try await chain.relayCommand(["quarantine", "list", "--json"]).utf8))
            #expect(aside.map(\.agent) == [paired.agent])
            #expect(aside.allSatisfy { !$0.code.isEmpty && !$0.reason.isEmpty })

            try await chain.relayCommand(["agents", "revoke", paired.agent])
            let revoked = try await peer.refusal(["push", home, "4700000005"])
            #expect(revoked?.contains("403 urn:ml-connector:problem:revoked-key") == true)
        }
    }

    @Test("checks the batches that our agent signed, and refuses one that was altered")
    func checksOurs() async throws {
        let peer = try PythonPeer()
        try await TestChain.run(seed: 52) { chain in
            try await chain.play(6)
            try await chain.wait(for: "the documents in the journal", within: .seconds(60)) {
                let verdict = try await chain.verdict()
                return verdict.facts > 0 && verdict.journaled == verdict.facts
            }
            let batches = try await SignedBatches(database: chain.folder.file("relay.db"))
            let checked = try await peer.run(Checked.self, ["check"], input: batches.json)
            let journaled = try await Self.events(chain).filter { $0.kind == "fact" }
            #expect(checked.batches == batches.batches.count)
            #expect(Set(checked.facts).isSuperset(of: journaled.map { "\($0.type) \($0.id)" }))
            #expect(!journaled.isEmpty)

            for (name, sentence) in [
                ("leaf", "The leaves are not those of the manifest."),
                ("manifest", "The manifest is not the one that was signed."),
                ("signature", "The batch is not signed by its agent"),
            ] {
                let refusal = try await peer.refusal(["check"], input: Self.altered(batches, name).json)
                #expect(refusal?.contains(sentence) == true, "\(name): \(refusal ?? "believed")")
            }
        }
    }

    @Test("believes no relay that is not the token's, and leaves the token good")
    func believesNobodyElse() async throws {
        let peer = try PythonPeer()
        try await TestChain.run(seed: 53) { chain in
            let home = chain.folder.file("python")
            let token = try await Self.invite(chain)
            for (field, sentence) in [
                ("secret", "does not know the token's secret"),
                ("relay_key", "key is not the token's"),
                ("authority", "certificate is not from the token's authority"),
            ] {
                let wrong = try await peer.run(["alter", field], input: token)
                let refusal = try await peer.refusal(["pair", home], input: wrong)
                #expect(refusal?.contains(sentence) == true, "\(field): \(refusal ?? "paired")")
            }
            _ = try await peer.run(Paired.self, ["pair", home], input: token)
        }
    }

    /// Turns one bit over in the first batch that has events.
    private static func altered(_ signed: SignedBatches, _ part: String) -> SignedBatches {
        var signed = signed
        guard let index = signed.batches.firstIndex(where: { !$0.leaves.isEmpty }) else { return signed }
        func turned(_ text: String) -> String { text.dropLast() + (text.last == "0" ? "1" : "0") }
        switch part {
        case "leaf": signed.batches[index].leaves[0][1] = turned(signed.batches[index].leaves[0][1])
        case "manifest": signed.batches[index].manifest = turned(signed.batches[index].manifest)
        default: signed.batches[index].signature = turned(signed.batches[index].signature)
        }
        return signed
    }
}
