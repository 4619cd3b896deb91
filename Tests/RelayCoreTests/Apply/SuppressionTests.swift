import HTTPTransport
import Messaging
import SQLStore
import Testing

@testable import RelayCore

@Suite("Who does not want messages, or cannot take them")
struct SuppressionTests {
    @Test(
        "A word about nothing we know is applied as unmatched and blocks nobody; a bounce suppresses its address"
    )
    func unmatched() async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        let now = world.now
        try await world.scope.write { statements in
            let number = try statements.next(.callback)
            try statements.run(
                """
                INSERT INTO callback (tenant, callback, webhook, account, provider, path, headers,
                    verified_by, received_at)
                VALUES (?1, ?2, 'hook-mail', 'mail', 'sendgrid', '/', '{}', 'primary', 0)
                """, [.integer(number)])
            try SendingWorld.store(
                statements, notification: nil, incarnation: nil, n: nil, status: "bounce", sid: nil,
                detail: #"{"type":"bounce","email":"gone@example.com"}"#, now: now)
            try statements.run("UPDATE evidence SET callback = ?2 WHERE tenant = ?1", [.integer(number)])
        }
        try await node.turns()
        // SendGrid writes addresses back in its own case.
        try await world.add(channel: "email", to: "Gone@Example.com")
        try await node.turns()
        #expect(try await world.stage() == .suppressed)
    }

    @Test("V12: STOP acts in the transaction that stores it, START lifts it", arguments: ["Stop", "START "])
    func stopAndStart(word: String) async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        try await world.inbound("STOP")
        if word != "Stop" { try await world.inbound(word) }
        try await world.add()
        try await node.turns()
        #expect(try await world.stage() == (word == "Stop" ? .suppressed : .accepted))
    }

    @Test("F11: STOP ends what waits at once, paused or not, and leaves to a person what may have been sent")
    func stopEndsWaiting() async throws {
        let world = try await SendingWorld()
        let node = try await world.node("a")
        try await world.add("open", policy: "at-least-once")
        world.provider.plan(.lose)
        try await node.send()
        try await node.advance(.seconds(1_891))
        try await node.settle()
        #expect(try await world.load("open").mayResend)
        try await world.add("due")
        try await world.add("held", state: "held")
        try await world.add("other", to: "+491519999999")
        try await world.add("elsewhere", sender: "+15005550001")
        try await PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
            .pause(.tenant, reason: "test", by: "anna")
        try await world.inbound("stop")
        #expect(try await world.stage("due") == .suppressed)
        #expect(try await world.stage("held") == .suppressed)
        #expect(try await world.load("open").personReason == "suppressed")
        #expect(try await world.stage("other") == .scheduled)
        #expect(try await world.stage("elsewhere") == .scheduled)
        #expect(world.provider.creates == 1)
    }

    @Test(
        "A STOP from a Mexican mobile number is its recipient's, whichever way the number is written (C077)")
    func stopFromMexico() async throws {
        let world = try await SendingWorld()
        try await world.inbound("STOP", from: "+5215512345678")
        try await world.add(to: "+525512345678")
        try await world.node("a").turns()
        #expect(try await world.stage() == .suppressed)
    }

    @Test("A STOP that Twilio repeats after the START does not stop again")
    func repeatedStop() async throws {
        let world = try await SendingWorld()
        for (text, sid) in [("STOP", "SM1"), ("START", "SM2"), ("STOP", "SM1")] {
            try await world.inbound(text, sid: sid)
        }
        try await world.add()
        try await world.node("a").turns()
        #expect(try await world.stage() == .accepted)
    }

    @Test("START lifts what Twilio alone had heard of, too; what a person stopped it does not")
    func startAfterRefusal() async throws {
        let world = try await SendingWorld()
        for (address, reason) in [("+491511234567", "21610"), ("+491519999999", "person")] {
            try await world.run(
                """
                INSERT INTO suppression (tenant, account, sender, address, since_at, reason)
                VALUES (?1, 'sms', '+15005550006', ?2, 0, ?3)
                """, [.text(address), .text(reason)])
        }
        try await world.inbound("START")
        try await world.inbound("START", from: "+491519999999")
        try await world.add()
        try await world.add("n2", to: "+491519999999")
        try await world.node("a").turns()
        #expect(try await world.stage() == .accepted)
        #expect(try await world.stage("n2") == .suppressed)
    }
}
