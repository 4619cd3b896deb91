import HTTPTransport
import Messaging
import SQLStore
import Testing

@testable import RelayCore

@Suite("What the provider's list says about a message without an answer")
struct ProviderListTests {
    @Test(
        "The list confirms before the wait is over",
        arguments: ["+15005550006", "MG0123456789abcdef0123456789abcdef"])
    func listConfirms(sender: String) async throws {
        let (world, node) = try await SendingWorld.lost(taken: true, sender: sender)
        try await node.turns()
        #expect(world.provider.lists == 0)
        try await node.advance(.seconds(31))
        try await node.turns()
        #expect(world.provider.lists == 1)
        let state = try await world.load()
        #expect(state.stage == .accepted)
        #expect(state.sid == world.provider.accepted.first?.sid)
    }

    @Test("V20: what a node read before it lost the tenant is not used when it has it again")
    func readBefore() async throws {
        let (world, node) = try await SendingWorld.lost(taken: false, policy: "at-least-once")
        try await node.advance(.seconds(1_891))
        let (context, now) = (try world.context(), world.now)
        let lookups = try await world.scope.read { statements in
            try ProviderAccount.all(statements).flatMap {
                try ProviderLookup.due(
                    statements, context: context, account: $0, now: now, limit: 4, except: [])
            }
        }
        let lookup = try #require(lookups.first)
        _ = try await world.node("b")
        let again = try await world.node("a")
        await #expect(throws: TenancyError.notOwner(.first)) { try await lookup.run(as: node.ownership) }
        #expect(try await world.load().mayResend == false)
        #expect(again.ownership.epoch == node.ownership.epoch + 2)
    }

    @Test("A list that lags hides the message until it shows it; nothing is sent twice meanwhile")
    func listLag() async throws {
        let (world, node) = try await SendingWorld.lost(
            taken: true, policy: "at-least-once", listLag: .seconds(890))
        for _ in 0..<70 where try await world.stage() == .unconfirmed {
            try await node.advance(.seconds(30))
            try await node.turns()
        }
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.accepted.count == 1)
    }

    @Test(
        "V13: of two with the same sender, recipient and text, whose attempts are open, none is matched by the list"
    )
    func twins() async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        try await world.add("n1")
        world.provider.plan(.lose)
        try await node.send()
        try await world.add("n2")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        try await node.advance(.seconds(31))
        try await node.turns()
        #expect(try await world.stage("n1") == .unconfirmed)
        #expect(try await world.stage("n2") == .unconfirmed)
        // The callback of the second settles it, and with it the list can speak about the first.
        try await world.callback("sent", of: try #require(world.provider.accepted.first))
        try await node.advance(.seconds(2_000))
        try await node.turns()
        #expect(try await world.stage("n2") == .sent)
        let first = try await world.load("n1")
        #expect(first.isWithPerson)
        #expect(first.personReason == "not_found")
    }

    @Test("V13: texts that the list could not tell apart are twins as well")
    func nearlyTwins() async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        try await world.add("n1", body: "Order 1", policy: "at-least-once")
        world.provider.plan(.lose)
        try await node.send()
        try await world.add("n2", body: " Order  1\n", policy: "at-least-once")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        try await node.advance(.seconds(31))
        try await node.turns()
        #expect(try await world.stage("n1") == .unconfirmed)
        #expect(try await world.stage("n2") == .unconfirmed)
    }

    @Test("Two candidates in the list are not guessed between")
    func twoCandidates() async throws {
        let (world, node) = try await SendingWorld.lost(taken: true)
        world.provider.add(
            to: "+491511234567", sender: "+15005550006", body: "Order 4500000001", at: world.now)
        try await node.advance(.seconds(31))
        try await node.turns()
        #expect(try await world.stage() == .unconfirmed)
        try await node.advance(.seconds(2_000))
        try await node.turns()
        #expect(try await world.load().personReason == "two_candidates")
    }

    @Test("A message with another text may be ours, changed on its way: no second send without a person")
    func changedText() async throws {
        let (world, node) = try await SendingWorld.lost(taken: false, policy: "at-least-once")
        world.provider.add(to: "+491511234567", sender: "+15005550006", body: "Order 45...", at: world.now)
        try await node.advance(.seconds(2_000))
        try await node.turns()
        #expect(try await world.load().personReason == "changed_text")
        #expect(world.provider.creates == 1)
    }

    @Test("V22: a list that is refused leaves the message to a person, after deadline and wait")
    func refusedList() async throws {
        let (world, node) = try await SendingWorld.lost(taken: false)
        world.provider.refuseLists(true)
        try await node.advance(.seconds(2_000))
        try await node.turns()
        #expect(try await world.load().isWithPerson == false)
        try await node.advance(.seconds(86_400))
        try await node.turns()
        #expect(try await world.load().isWithPerson)
    }
}
