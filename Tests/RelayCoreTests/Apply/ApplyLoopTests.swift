import HTTPTransport
import Messaging
import SQLStore
import Testing

@testable import RelayCore

@Suite("Applying evidence, and finding out what nobody said")
struct ApplyLoopTests {
    @Test("Callbacks in any order, repeated, end in the same state")
    func reordered() async throws {
        let orders = [
            ["queued", "sent", "delivered"], ["delivered", "sent", "queued"],
            ["sent", "delivered", "delivered", "sent"], ["delivered", "queued", "delivered"],
        ]
        for order in orders {
            let world = try await SendingWorld()
            try await world.add()
            let node = try await world.node("a")
            try await node.send()
            let message = try #require(world.provider.accepted.first)
            for status in order {
                try await world.callback(status, of: message)
                try await node.turns()
            }
            let state = try await world.load()
            #expect(state.stage == .delivered)
            #expect(state.applied == Int64(order.count))
        }
    }

    @Test("A callback confirms an unconfirmed message and hands over its name")
    func callbackConfirms() async throws {
        let (world, node) = try await SendingWorld.lost(taken: true)
        let message = try #require(world.provider.accepted.first)
        try await world.callback("sent", of: message)
        try await node.turns()
        let state = try await world.load()
        #expect(state.stage == .sent)
        #expect(state.sid == message.sid)
    }

    @Test("A relay that was down while a mail's proof would have come waits for it before it sends again")
    func mailAfterDowntime() async throws {
        let world = try await SendingWorld()
        try await world.add(channel: "email", to: "a@example.com", policy: "at-least-once")
        let killed = try await world.node("a")
        _ = try await killed.dispatch.begin(as: killed.ownership)
        world.clocks.advance(.seconds(3_600))
        let node = try await world.node("b")
        try await node.turns()
        #expect(try await world.stage() == .unconfirmed)
        #expect(world.provider.accepted.isEmpty)
        try await node.advance(.seconds(601))
        try await node.turns()
        #expect(world.provider.accepted.count == 1)
    }

    @Test(
        "A mail whose proof came while no relay was there is not sent again before SendGrid could repeat it")
    func mailUnheard() async throws {
        let world = try await SendingWorld()
        try await world.add(channel: "email", to: "a@example.com", policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        #expect(try await world.stage() == .unconfirmed)
        world.clocks.advance(.seconds(3_600))
        let (now, times) = (world.now, world.times)
        try await world.scope.write { try UnheardProofs.waitAgain($0, times: times, node: "b", now: now) }
        let next = try await world.node("b")
        try await next.turns()
        #expect(try await world.stage() == .unconfirmed)
        try await next.advance(.seconds(599))
        try await next.turns()
        try await world.callback("processed", of: try #require(world.provider.accepted.first))
        try await next.turns()
        #expect(try await world.stage() == .sent)
        #expect(world.provider.creates == 1)
    }

    @Test("What waits for an account that is not configured any more goes by another, or says why it waits")
    func strandedMessages() async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        try await world.add("n1")
        try await world.add("n2", channel: "email", to: "a@example.com")
        try await world.run("UPDATE provider_account SET state = 'retired' WHERE tenant = ?1")
        try await world.addAccount("new", provider: "twilio", secret: "auth_token")
        try await world.run(
            """
            UPDATE provider_account SET settings = '{"senders":{"sms":{"from":"+15005550009"}}}'
            WHERE tenant = ?1 AND account = 'new'
            """)
        func settle() async throws {
            let now = world.now
            try await world.scope.write { try StrandedMessages(statements: $0, now: now).settle() }
        }
        try await settle()
        try await node.turns()
        #expect(try await world.stage("n1") == .accepted)
        #expect(world.provider.accepted.map(\.sender) == ["+15005550009"])
        let waiting = try await world.load("n2")
        #expect(waiting.stage == .scheduled && waiting.trouble.code == "no_sender")
        try await world.run(
            "UPDATE provider_account SET state = 'ready' WHERE tenant = ?1 AND account = 'mail'")
        try await settle()
        #expect(try await world.load("n2").trouble.code == nil)
        try await node.turns()
        #expect(try await world.stage("n2") == .accepted)
    }

    @Test("What went by an account that was taken out of the configuration since is still found out")
    func retiredAccount() async throws {
        let (world, node) = try await SendingWorld.lost(taken: true)
        try await world.add("n2")
        try await world.run("UPDATE provider_account SET state = 'retired' WHERE tenant = ?1")
        try await node.advance(.seconds(31))
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(try await world.stage("n2") == .scheduled)
    }

    @Test("A person sees what was not found, settles it, and a later proof overrules the word")
    func person() async throws {
        let (world, node) = try await SendingWorld.lost(taken: false)
        try await node.advance(.seconds(1_891))
        try await node.turns()
        #expect(try await world.load().isWithPerson)
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        #expect(try await desk.resolve("n1", .closed, by: "anna") == .failed)
        let attempt = try #require(try await world.load().newest)
        let now = world.now
        try await world.scope.write { statements in
            try SendingWorld.store(
                statements, notification: "n1", incarnation: attempt.id.incarnation, n: 1,
                status: "delivered", sid: FakeProvider.sid(77), now: now)
        }
        try await node.turns()
        #expect(try await world.stage() == .delivered)
    }

    @Test("\"Not sent\", said by a person, sends it once more")
    func notSent() async throws {
        let (world, node) = try await SendingWorld.lost(taken: false)
        try await node.advance(.seconds(1_891))
        try await node.turns()
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        #expect(try await desk.resolve("n1", .notSent, by: "anna") == .scheduled)
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.accepted.count == 1)
    }

    @Test("V8: an accepted message that nobody calls back about is fetched, and its end found out")
    func fetched() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        try await node.send()
        let message = try #require(world.provider.accepted.first)
        try await node.advance(.seconds(1_501))
        try await node.turns()
        #expect(world.provider.fetches == 1)
        #expect(try await world.stage() == .accepted)
        world.provider.setStatus("delivered", of: message.sid)
        try await node.advance(.seconds(3_600))
        try await node.turns()
        #expect(try await world.stage() == .delivered)
        #expect(try await world.load().nextLookAt == nil)
    }

    @Test("V18: a callback for a notification that does not exist yet is kept and applied when it does")
    func forgotten() async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        let incarnation = node.ownership.incarnation
        let now = world.now
        try await world.scope.write { statements in
            try SendingWorld.store(
                statements, notification: "n1", incarnation: incarnation, n: 1, status: "sent",
                sid: FakeProvider.sid(5), now: now)
        }
        #expect(try await node.settle() == false)
        try await world.add()
        #expect(try await node.send() == false)
        try await node.turns()
        let state = try await world.load()
        #expect(state.stage == .sent)
        #expect(state.isUpToDate)
        #expect(world.provider.creates == 0)
    }

    @Test("Evidence that cannot be read is marked and does not block its notification (R5)")
    func unreadable() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        let now = world.now
        try await world.scope.write { statements in
            let number = try statements.next(.evidence)
            try statements.run(
                """
                INSERT INTO evidence (tenant, evidence, kind, notification, incarnation, n, detail, received_at)
                VALUES (?1, ?2, 'outcome', 'n1', ?3, 1, 'nonsense', ?4)
                """, [.integer(number), .blob(node.ownership.incarnation), now.sql])
            try statements.run("UPDATE notification SET evidence = 1 WHERE tenant = ?1")
        }
        try await node.turns()
        #expect(try await world.stage() == .accepted)
    }

    @Test(
        "R3: a failure that comes after acceptance makes no second create, even where its code may be tried again",
        arguments: ["30001", "30003", "30008", "30410"], ["at-most-once", "at-least-once"])
    func failedLater(code: String, policy: String) async throws {
        let world = try await SendingWorld()
        try await world.add(policy: policy)
        let node = try await world.node("a")
        try await node.send()
        try await world.callback("failed", of: try #require(world.provider.accepted.first), code: code)
        for _ in 0..<4 {
            try await node.turns()
            try await node.advance(.seconds(20_000))
        }
        #expect(try await world.stage() == .undelivered)
        #expect(try await world.load().trouble.code == code)
        #expect(world.provider.creates == 1)
    }

    @Test("R5: a callback with a word that nobody knows proves acceptance and blocks nothing")
    func unknownWord() async throws {
        let (world, node) = try await SendingWorld.lost(taken: true, policy: "at-least-once")
        try await world.callback("huh", of: try #require(world.provider.accepted.first))
        try await node.turns()
        let state = try await world.load()
        #expect(state.stage == .accepted && state.isUpToDate && state.providerStatus == "huh")
    }

    @Test("The deadline ends what is scheduled, also while the tenant is paused")
    func deadlineWhilePaused() async throws {
        let world = try await SendingWorld()
        try await world.add(deadline: .seconds(60))
        try await world.add("n2", state: "awaiting_recipient", deadline: .seconds(60))
        let node = try await world.node("a")
        try await PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
            .pause(.tenant, reason: "test", by: "anna")
        try await node.advance(.seconds(61))
        try await node.turns()
        #expect(try await world.stage() == .expired)
        #expect(try await world.stage("n2") == .failed)
    }

    @Test(
        "After lost commits nothing goes by itself; a person ends the recovery and releases one by one (V15)")
    func lostCommits() async throws {
        let world = try await SendingWorld()
        try await world.add()
        try await world.add("n2", state: "awaiting_recipient", deadline: .seconds(60))
        let now = world.now
        _ = try await world.scope.write {
            try $0.drawIncarnation([UInt8](repeating: 7, count: 16), reason: "test", now: now)
        }
        let node = try await world.node("a")
        #expect(try await node.send() == false)
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        await #expect(throws: DeskError.refused("n1", .notProposed)) {
            try await desk.release("n1", by: "anna")
        }
        try await node.advance(.seconds(86_401))
        try await node.turns()
        // Nothing that may have been sent is said to have expired.
        #expect(try await world.stage() == .held)
        #expect(try await world.stage("n2") == .awaitingRecipient)
        try await world.add("n3")
        try await PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
            .resume(.tenant, backlog: .send, by: "anna")
        try await node.turns()
        #expect(try await world.stage() == .held)
        #expect(try await world.stage("n3") == .accepted)
        #expect(try await desk.release("n1", by: "anna") == .expired)
    }

    @Test("What a cap holds is sent when a person releases it")
    func release() async throws {
        let world = try await SendingWorld()
        try await world.add(state: "held")
        let node = try await world.node("a")
        #expect(try await node.send() == false)
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        #expect(try await desk.release("n1", by: "anna") == .scheduled)
        try await node.turns()
        #expect(try await world.stage() == .accepted)
    }
}
