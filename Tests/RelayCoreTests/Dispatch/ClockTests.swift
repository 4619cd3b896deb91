import HTTPTransport
import Messaging
import SQLStore
import Testing

@testable import RelayCore

@Suite("Sending while the host's clock is wrong, or is set")
struct ClockTests {
    @Test("V25, L4: nothing is sent again on a list that was asked too early because the clock was set ahead")
    func setAhead() async throws {
        let world = try await SendingWorld(listLag: .seconds(890))
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        world.clocks.set(by: .seconds(3_600))
        try await node.advance(.zero)
        try await node.settle()
        #expect(world.provider.lists == 1)
        #expect(try await world.load().mayResend)
        #expect(try await node.send() == false)
        #expect(try await world.load().mayResend == false)
        #expect(try await world.audits().contains("notification.waits_again"))
        #expect(
            try await world.scope.read {
                try $0.first("SELECT type FROM event WHERE tenant = ?1 AND event > 1")?.text(0)
            } == "connector.clock_set")
        // What the next process knows of it stands in the database.
        let next = try await world.node("b")
        for _ in 0..<70 where try await world.stage() == .unconfirmed {
            try await next.advance(.seconds(30))
            try await next.turns()
        }
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.creates == 1)
    }

    @Test(
        "A host whose clock is ten minutes wrong still finds its message in the list", arguments: [600, -600])
    func wrongClock(seconds: Int) async throws {
        let world = try await SendingWorld()
        world.clocks.set(by: .seconds(seconds))
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        try await node.advance(.seconds(31))
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.creates == 1)
    }

    @Test("A clock that is set right while an outcome is open hides no message", arguments: [600, -600])
    func setRight(seconds: Int) async throws {
        let world = try await SendingWorld()
        world.clocks.set(by: .seconds(seconds))
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        world.clocks.set(by: .seconds(-seconds))
        try await node.advance(.seconds(1))
        try await node.send()
        for _ in 0..<100 where try await world.stage() == .unconfirmed {
            try await node.advance(.seconds(30))
            try await node.turns()
        }
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.creates == 1)
    }

    @Test("What is due does not wait for a clock that was set back to come by again")
    func setBack() async throws {
        let world = try await SendingWorld()
        world.clocks.set(by: .seconds(7_200))
        let node = try await world.node("a")
        #expect(try await node.send() == false)
        try await world.add()
        world.clocks.set(by: .seconds(-7_200))
        try await node.advance(.zero)
        #expect(try await node.send())
        #expect(try await world.stage() == .accepted)
    }

    @Test("A list that was asked before the clock was set back says nothing about the wait after it")
    func setBackWhileListing() async throws {
        let world = try await SendingWorld(listLag: .seconds(890))
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        try await node.advance(.seconds(31))
        world.provider.whileListing {
            world.clocks.set(by: .seconds(-3_600))
            _ = try? await node.send()
        }
        try await node.settle()
        #expect(world.provider.lists == 1)
        #expect(try await world.audits().contains("notification.waits_again"))
        #expect(try await world.load().mayResend == false)
        #expect(try await node.send() == false)
        #expect(world.provider.creates == 1)
    }

    @Test("A clock that is set every ten minutes puts no message off for ever")
    func setAgainAndAgain() async throws {
        let world = try await SendingWorld(listLag: .seconds(86_400))
        try await world.add()
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        for _ in 0..<200 where try await world.load().personSince == nil {
            try await node.advance(.seconds(594))
            world.clocks.set(by: .seconds(6))
            try await node.turns()
        }
        #expect(try await world.load().personSince != nil)
        #expect(world.provider.creates == 1)
    }

    @Test("An account whose rate was used up does not wait for a clock that was set back")
    func emptyBucket() async throws {
        let world = try await SendingWorld()
        world.clocks.set(by: .seconds(7_200))
        for n in 1...101 { try await world.add("n\(n)", body: "Order \(n)") }
        let node = try await world.node("a")
        while try await node.send() {}
        world.clocks.set(by: .seconds(-7_200))
        for _ in 0..<5 where world.provider.creates < 101 {
            try await node.advance(.seconds(1))
            while try await node.send() {}
        }
        #expect(world.provider.creates == 101)
    }
}
