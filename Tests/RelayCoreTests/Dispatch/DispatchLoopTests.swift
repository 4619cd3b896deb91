import HTTPTransport
import Messaging
import SQLStore
import TestSupport
import Testing

@testable import RelayCore

@Suite("Sending: intent, transfer, outcome")
struct DispatchLoopTests {
    @Test("A scheduled SMS is sent once, accepted, and delivered by its callbacks")
    func thinnestPath() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        #expect(try await node.send())
        #expect(try await world.stage() == .accepted)
        let message = try #require(world.provider.accepted.first)
        #expect(message.to == "+491511234567")
        #expect(message.sender == "+15005550006")
        #expect(message.mark.hasPrefix("https://relay.example.com/w/hook-sms/n1/1/"))
        try await world.callback("sent", of: message)
        try await world.callback("delivered", of: message)
        try await node.turns()
        let state = try await world.load()
        #expect(state.stage == .delivered)
        #expect(state.sid == message.sid)
        #expect(state.isUpToDate)
        #expect(state.attempts.first?.startedAt == world.now)
        #expect(
            try await world.audits()
                == ["sending", "accepted", "sent", "delivered"].map { "notification." + $0 })
        #expect(world.provider.creates == 1)
    }

    @Test("An e-mail carries its nonce as custom arguments and is sent by `processed`")
    func mail() async throws {
        let world = try await SendingWorld()
        try await world.add(channel: "email", to: "vendor@example.com")
        let node = try await world.node("a")
        try await node.send()
        let message = try #require(world.provider.accepted.first)
        #expect(message.to == "vendor@example.com")
        #expect(try await world.load().sid == "mail-1")
        let event = FakeProvider.Message(
            sid: "mail-1.filterdrecv-0", to: message.to, sender: "", body: "", mark: message.mark,
            createdAt: message.createdAt, status: "")
        try await world.callback("processed", of: event)
        try await node.turns()
        #expect(try await world.stage() == .sent)
        try await world.callback("bounce", of: event, detail: #"{"type":"bounce","reason":"550"}"#)
        try await node.turns()
        #expect(try await world.stage() == .undelivered)
        // The next one to that address is not sent any more.
        try await world.add("n2", channel: "email", to: "vendor@example.com")
        try await node.turns()
        #expect(try await world.stage("n2") == .suppressed)
        #expect(world.provider.creates == 1)
    }

    @Test("A callback that overtakes the answer of its own create is not taken back (V1)")
    func callbackFirst() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        world.provider.plan(
            .acceptThen {
                guard let message = world.provider.accepted.first else { return }
                try? await world.callback("delivered", of: message)
                _ = try? await node.settle()
            })
        try await node.send()
        try await node.turns()
        #expect(try await world.stage() == .delivered)
        #expect(world.provider.accepted.count == 1)
    }

    @Test("Nothing is sent for a paused tenant, channel or rule, and everything after it is resumed")
    func pause() async throws {
        let world = try await SendingWorld()
        let desk = PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        try await world.add("n1")
        try await world.add("n2", rule: "other", state: "scheduled")
        try await world.add("n3", channel: "email", to: "a@example.com", rule: "other")
        let node = try await world.node("a")
        #expect(try await desk.pause(.tenant, reason: "test", by: "anna"))
        #expect(try await desk.pause(.tenant, reason: "test", by: "anna") == false)
        #expect(try await node.send() == false)
        try await desk.pause(.channel("sms"), reason: "test", by: "anna")
        try await desk.resume(.tenant, by: "anna")
        try await node.turns()
        #expect(world.provider.accepted.map(\.to) == ["a@example.com"])
        try await desk.pause(.rule("other"), reason: "test", by: "anna")
        try await desk.resume(.channel("sms"), by: "anna")
        try await node.turns()
        #expect(world.provider.creates == 2)
        #expect(try await world.stage("n2") == .scheduled)
        try await desk.resume(.rule("other"), by: "anna")
        try await node.turns()
        #expect(world.provider.creates == 3)
        await #expect(throws: DeskError.notPaused("The tenant")) {
            try await desk.resume(.tenant, by: "anna")
        }
    }

    @Test("After a pause of more than an hour resume asks what becomes of what waits")
    func longPause() async throws {
        let world = try await SendingWorld()
        let desk = PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        try await world.add()
        let node = try await world.node("a")
        try await desk.pause(.tenant, reason: "test", by: "anna")
        try await node.advance(.seconds(3_601))
        await #expect(throws: DeskError.asksAboutBacklog(waiting: 1)) {
            try await desk.resume(.tenant, by: "anna")
        }
        #expect(try await desk.resume(.tenant, backlog: .expire, by: "anna") == 1)
        try await node.turns()
        #expect(try await world.stage() == .expired)
        #expect(world.provider.creates == 0)
    }

    @Test("What waits to be sent a second time is asked about as well, and left to a person when it expires")
    func longPauseOfResend() async throws {
        let world = try await SendingWorld()
        let desk = PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.lose)
        try await node.send()
        try await desk.pause(.tenant, reason: "test", by: "anna")
        try await node.advance(.seconds(3_601))
        try await node.turns()
        #expect(try await world.load().mayResend)
        await #expect(throws: DeskError.asksAboutBacklog(waiting: 1)) {
            try await desk.resume(.tenant, by: "anna")
        }
        #expect(try await desk.resume(.tenant, backlog: .expire, by: "anna") == 0)
        try await node.turns()
        #expect(try await world.load().personReason == "deadline")
        #expect(world.provider.creates == 1)
    }

    @Test("A 429 is obeyed and comes back by itself, a dead provider rests and does not burn attempts")
    func back() async throws {
        let world = try await SendingWorld { $0.breakerLimit = 3 }
        try await world.add()
        let node = try await world.node("a")
        world.provider.plan(.answer(429, #"{"code":20429}"#, headers: [("retry-after", "7")]))
        try await node.turns()
        #expect(try await world.stage() == .scheduled)
        #expect(try await world.load().dueAt >= world.now + .seconds(7))
        try await node.advance(.seconds(6))
        #expect(try await node.send() == false)
        try await node.advance(.seconds(9))
        for _ in 0..<3 { world.provider.plan(.cannotConnect) }
        for _ in 0..<3 {
            try await node.send()
            try await node.advance(.seconds(3))
        }
        #expect(world.provider.creates == 4)
        let row = try await world.scope.read {
            try $0.first(
                "SELECT state, dead_reason FROM provider_account WHERE tenant = ?1 AND account = 'sms'")
        }
        #expect(try #require(row).text(0) == "dead")
        #expect(try await node.send() == false)
        // The other account goes on meanwhile.
        try await world.add("n2", channel: "email", to: "a@example.com")
        #expect(try await node.send())
        try await node.advance(.seconds(300))
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(try await world.load().attemptLimit > 8)
        #expect(try await world.audits(of: "sms") == ["account.dead", "account.ready"])
    }

    @Test("Retry-After is capped by our own limit (case C154)")
    func absurdRetryAfter() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        world.provider.plan(.answer(429, "{}", headers: [("retry-after", "1771404540")]))
        try await node.send()
        let due = try await world.load().dueAt
        #expect(due >= world.now + .seconds(3_600))
        #expect(due <= world.now + .seconds(2 * 3_600))
    }

    @Test("A wrong password makes the account dead at once and loses no message")
    func wrongPassword() async throws {
        let world = try await SendingWorld()
        for number in 1...3 { try await world.add("n\(number)", to: "+4915112345\(number)0") }
        let node = try await world.node("a")
        for _ in 1...3 { world.provider.plan(.answer(401, #"{"code":20003}"#)) }
        try await node.send()
        #expect(try await node.send() == false)
        for number in 1...3 {
            let state = try await world.load("n\(number)")
            #expect(state.stage == .scheduled)
            #expect(state.trouble.kind == .configuration)
        }
        try await node.advance(.seconds(2_000))
        try await node.turns()
        #expect(world.provider.accepted.count == 3)
    }

    @Test("Without the account's secret nothing is sent, and the account says why")
    func noSecret() async throws {
        let world = try await SendingWorld()
        try await world.run("DELETE FROM secret WHERE tenant = ?1 AND name = 'sms.auth_token'")
        try await world.add()
        let node = try await world.node("a")
        #expect(try await node.send() == false)
        let reason = try await world.scope.read {
            try $0.first("SELECT dead_reason FROM provider_account WHERE tenant = ?1 AND account = 'sms'")?
                .text(0)
        }
        #expect(try #require(reason).contains("sms.auth_token"))
        #expect(try await world.stage() == .scheduled)
    }

    @Test("A refusal for good fails the one message; an opted-out number is suppressed")
    func refusals() async throws {
        let world = try await SendingWorld()
        try await world.add("n1")
        let node = try await world.node("a")
        world.provider.plan(.answer(400, #"{"code":21211}"#))
        try await node.turns()
        #expect(try await world.stage("n1") == .failed)
        #expect(try await world.load("n1").trouble.kind == .recipient)
        try await world.add("n2")
        world.provider.plan(.answer(400, #"{"code":21610}"#))
        try await node.turns()
        #expect(try await world.stage("n2") == .suppressed)
        try await world.add("n3")
        try await node.turns()
        #expect(try await world.stage("n3") == .suppressed)
        #expect(world.provider.creates == 2)
    }

    @Test("The token bucket of an account holds, and its tokens come back with time")
    func rate() async throws {
        let world = try await SendingWorld()
        try await world.addAccount("slow", provider: "twilio", secret: "auth_token", perSecond: 2)
        for number in 1...5 {
            try await world.add("n\(number)", to: "+4915112345\(number)0", account: "slow")
        }
        let node = try await world.node("a")
        #expect(try await node.send())
        #expect(try await node.send() == false)
        #expect(world.provider.creates == 2)
        try await node.advance(.seconds(1))
        #expect(try await node.send())
        #expect(world.provider.creates == 4)
    }

    @Test(
        "A start later than 40 s after the intent is withheld, and the notification is sent under a new one (V9)"
    )
    func lateStart() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        let transfer = try #require(try await node.dispatch.begin(as: node.ownership).first)
        // The process was frozen; nobody swept meanwhile.
        world.clocks.advance(.seconds(41))
        let report = await node.dispatch.send(transfer)
        #expect(report.outcome == .notLeft(reason: "late"))
        try await node.advance(.zero)
        await node.dispatch.record(report, of: transfer, as: node.ownership)
        #expect(try await world.stage() == .scheduled)
        try await node.advance(.seconds(5))
        try await node.turns()
        #expect(world.provider.accepted.count == 1)
        #expect(try await world.load().attempt == 2)
    }

    @Test("With too little room on the disk no intent is begun, and outcomes are still written")
    func fullDisk() async throws {
        let world = try await SendingWorld()
        try await world.add("n1")
        let node = try await world.node("a")
        let transfer = try #require(try await node.dispatch.begin(as: node.ownership).first)
        try await world.add("n2", to: "+491511234568")
        let full = DispatchLoop(
            context: try world.context(hasRoom: false), wakeUp: WakeUp(), applyWakeUp: WakeUp())
        #expect(try await full.turn(as: node.ownership) == false)
        await full.record(await full.send(transfer), of: transfer, as: node.ownership)
        #expect(try await world.stage("n1") == .accepted)
        #expect(try await world.stage("n2") == .scheduled)
    }

    @Test("A stop that another loop sets beside the state is carried out by the sweep")
    func stopBeside() async throws {
        let world = try await SendingWorld()
        try await world.add(state: "held")
        let node = try await world.node("a")
        try await world.run("UPDATE notification SET stop = 'cancel' WHERE tenant = ?1")
        try await node.turns()
        #expect(try await world.stage() == .cancelled)
    }

    @Test("An incomplete notification fails alone")
    func incomplete() async throws {
        let world = try await SendingWorld()
        try await world.add("n1")
        try await world.add("n2", to: "+491511234568")
        try await world.run("UPDATE notification SET body = NULL WHERE tenant = ?1 AND notification = 'n1'")
        let node = try await world.node("a")
        try await node.turns()
        #expect(try await world.stage("n1") == .failed)
        #expect(try await world.stage("n2") == .accepted)
    }

    @Test("A flood on one account does not stand before another account's message")
    func flood() async throws {
        let world = try await SendingWorld()
        for number in 10..<60 { try await world.add("f\(number)", to: "+49151123456\(number)") }
        try await world.add("n2", channel: "email", to: "a@example.com")
        let node = try await world.node("a")
        try await node.send()
        #expect(try await world.stage("n2") == .accepted)
        #expect(world.provider.creates == 1 + world.times.concurrency)
    }

    @Test("A provider that does not answer holds no other's messages up, and is waited for at the end")
    func slowProvider() async throws {
        let world = try await SendingWorld()
        let gate = Gate()
        world.provider.holdMail(at: gate)
        for number in 10..<30 {
            try await world.add("m\(number)", channel: "email", to: "v\(number)@example.com")
        }
        let node = try await world.node("a")
        let wakeUp = WakeUp()
        let loop = DispatchLoop(context: try world.context(), wakeUp: wakeUp, applyWakeUp: WakeUp())
        try await withThrowingTaskGroup { group in
            group.addTask { try await loop.run(as: node.ownership) }
            #expect(try await eventually { try await world.stage("m10") == .sending })
            try await world.add("n1")
            wakeUp.notify()
            #expect(try await eventually { try await world.stage("n1") == .accepted })
            #expect(try await world.stage("m10") == .sending)
            group.cancelAll()
            gate.open()
            try await group.waitForAll()
        }
        #expect(try await world.stage("m10") == .accepted)
        #expect(world.provider.accepted.count == 1 + world.times.concurrency)
    }

    @Test("The running loop sends what is due and ends when it is cancelled")
    func run() async throws {
        let world = try await SendingWorld()
        let context = try world.context()
        let node = try await world.node("a")
        let wakeUp = WakeUp()
        let loop = DispatchLoop(context: context, wakeUp: wakeUp, applyWakeUp: WakeUp())
        for number in 10..<40 { try await world.add("n\(number)", to: "+49151123456\(number)") }
        try await withThrowingTaskGroup { group in
            group.addTask { try await loop.run(as: node.ownership) }
            wakeUp.notify()
            #expect(try await eventually { world.provider.accepted.count == 30 })
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(world.provider.accepted.count == 30)
        #expect(Set(world.provider.accepted.map(\.to)).count == 30)
    }
}
