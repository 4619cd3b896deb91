import HTTPTransport
import Messaging
import SQLStore
import Testing

@testable import RelayCore

/// A node ends between two steps; another one takes the tenant, in a higher epoch.
@Suite("A node that ends between any two steps")
struct KillTests {
    /// Where the node ends.
    enum Moment: CaseIterable, Sendable {
        case afterIntent, whileSendingNotTaken, whileSendingTaken, afterAnswer
    }

    @Test(
        "At-most-once: never twice, and what was taken is confirmed by the list or left to a person",
        arguments: Moment.allCases)
    func atMostOnce(moment: Moment) async throws {
        let (world, node) = try await killed(at: moment, policy: "at-most-once")
        let isTaken = !world.provider.accepted.isEmpty
        try await node.turns()
        #expect(try await world.stage() == .sending)
        try await node.advance(.seconds(91))
        try await node.turns()
        #expect(try await world.stage() == .unconfirmed)
        try await node.advance(.seconds(1_900))
        try await node.turns()
        let state = try await world.load()
        #expect(state.stage == (isTaken ? .accepted : .unconfirmed))
        #expect(state.isWithPerson == !isTaken)
        #expect(world.provider.accepted.count == (isTaken ? 1 : 0))
        #expect(world.provider.lists > 0)
    }

    @Test("At-least-once: sent exactly once where the list tells the truth", arguments: Moment.allCases)
    func atLeastOnce(moment: Moment) async throws {
        let (world, node) = try await killed(at: moment, policy: "at-least-once")
        try await node.advance(.seconds(91))
        try await node.turns()
        try await node.advance(.seconds(1_900))
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.accepted.count == 1)
    }

    @Test("An e-mail: at-least-once is sent again when its proof wait is over, and not a moment earlier")
    func mail() async throws {
        let world = try await SendingWorld()
        try await world.add(channel: "email", to: "a@example.com", policy: "at-least-once")
        let first = try await world.node("a")
        world.provider.plan(.lose)
        try await first.send()
        let node = try await world.node("b")
        try await node.advance(.seconds(690))
        try await node.turns()
        #expect(try await world.stage() == .unconfirmed)
        try await node.advance(.milliseconds(1))
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.accepted.count == 1)
    }

    private func killed(
        at moment: Moment, policy: String,
    ) async throws -> (SendingWorld, SendingNode) {
        let world = try await SendingWorld()
        try await world.add(policy: policy)
        let first = try await world.node("a")
        let transfer = try #require(try await first.dispatch.begin(as: first.ownership).first)
        switch moment {
        case .afterIntent: break
        case .whileSendingNotTaken:
            world.provider.plan(.lose)
            _ = await first.dispatch.send(transfer)
        case .whileSendingTaken:
            world.provider.plan(.acceptAndLose)
            _ = await first.dispatch.send(transfer)
        case .afterAnswer: _ = await first.dispatch.send(transfer)
        }
        return (world, try await world.node("b"))
    }

    @Test("Row 3: an intent whose commit was not confirmed is taken back, and sent under a new one")
    func unconfirmedCommit() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        world.database.loseAnswer()
        await #expect(throws: UnansweringDatabase.NoAnswer.self) { try await node.send() }
        let state = try await world.load()
        #expect(state.stage == .scheduled)
        #expect(state.attempts.map(\.result) == [.notAccepted])
        #expect(world.provider.creates == 0)
        try await node.advance(.seconds(5))
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(try await world.load().attempt == 2)
        #expect(world.provider.accepted.count == 1)
    }

    @Test("An outcome whose commit was not confirmed is written again, and changes nothing twice")
    func unconfirmedOutcome() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        let transfer = try #require(try await node.dispatch.begin(as: node.ownership).first)
        let report = await node.dispatch.send(transfer)
        world.database.loseAnswer()
        await node.dispatch.record(report, of: transfer, as: node.ownership)
        #expect(try await world.stage() == .accepted)
        #expect(try await world.audits() == ["notification.sending", "notification.accepted"])
    }

    @Test("V3: a node that lost the tenant keeps its answer as evidence, and the owner applies it")
    func staleAnswer() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let first = try await world.node("a")
        let transfer = try #require(try await first.dispatch.begin(as: first.ownership).first)
        let report = await first.dispatch.send(transfer)
        let second = try await world.node("b")
        await first.dispatch.record(report, of: transfer, as: first.ownership)
        #expect(try await world.stage() == .sending)
        #expect(try await world.load().evidence == 1)
        try await second.turns()
        let state = try await world.load()
        #expect(state.stage == .accepted)
        #expect(state.sid == world.provider.accepted.first?.sid)
        #expect(state.isUpToDate)
        #expect(world.provider.lists == 0)
    }

    @Test("A node that lost the tenant begins nothing more and reads nothing into the state")
    func staleNode() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let first = try await world.node("a")
        _ = try await world.node("b")
        await #expect(throws: TenancyError.notOwner(.first)) { try await first.send() }
        #expect(world.provider.creates == 0)
    }

    @Test("V19: of two owners with the same epoch, the one of an earlier life of the database is none")
    func sameEpoch() async throws {
        let world = try await SendingWorld()
        try await world.add(policy: "at-least-once")
        let frozen = try await world.node("a")
        let transfer = try #require(try await frozen.dispatch.begin(as: frozen.ownership).first)
        let now = world.now
        try await world.scope.write { statements in
            try statements.drawIncarnation([UInt8](repeating: 7, count: 16), reason: "test", now: now)
            // As in a backup that was made before the first node took the tenant.
            try statements.run("UPDATE tenant SET epoch = ?2 WHERE tenant = ?1", [.integer(0)])
        }
        let node = try await world.node("a")
        #expect(node.ownership.epoch == frozen.ownership.epoch)
        await #expect(throws: TenancyError.notOwner(.first)) {
            try await world.scope.write(as: frozen.ownership, now: now) { _ in }
        }
        // What it knows of its own attempt is kept, and applied by the owner.
        await frozen.dispatch.record(
            await frozen.dispatch.send(transfer), of: transfer, as: frozen.ownership)
        try await node.turns()
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.creates == 1)
    }

    @Test("R1: an attempt is protected by its own lease, not the tenant's, which may end while it is out")
    func tenantLeaseEnds() async throws {
        let world = try await SendingWorld()
        try await world.add(policy: "at-least-once")
        let first = try await world.node("a")
        // A second of the tenant's lease is left: enough for an intent.
        world.clocks.advance(TenantOwnership.lease - .seconds(1))
        let transfer = try #require(try await first.dispatch.begin(as: first.ownership).first)
        world.clocks.advance(.seconds(20))
        let next = try await world.node("b")
        try await next.turns()
        #expect(try await world.stage() == .sending)
        await first.dispatch.record(await first.dispatch.send(transfer), of: transfer, as: first.ownership)
        try await next.turns()
        #expect(try await world.stage() == .accepted)
        #expect(world.provider.creates == 1)
    }

    /// What comes between two attempts.
    enum Between: CaseIterable, Sendable { case pause, cancel, stop, deadline }

    @Test(
        "What comes between two attempts holds back the second: a pause, a cancel, a STOP, the deadline (V5, V6, V10)",
        arguments: Between.allCases, [true, false])
    func between(between: Between, isOpen: Bool) async throws {
        let world = try await SendingWorld()
        try await world.add(policy: "at-least-once", deadline: .seconds(4_000))
        let node = try await world.node("a")
        world.provider.plan(isOpen ? .lose : .answer(429, #"{"code":20429}"#))
        try await node.send()
        if isOpen {
            try await node.advance(.seconds(1_891))
            try await node.settle()
            #expect(try await world.load().mayResend)
        }
        switch between {
        case .pause:
            try await PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
                .pause(.channel("sms"), reason: "test", by: "anna")
        case .cancel:
            _ = try await NotificationDesk(
                scope: world.scope, times: world.times, clock: world.clocks.clock
            ).cancel("n1", by: "anna")
        case .stop: try await world.inbound("STOP")
        case .deadline: try await node.advance(.seconds(4_000))
        }
        try await node.advance(.seconds(20))
        try await node.turns()
        let state = try await world.load()
        let ends: [Between: NotificationState.Stage] = [
            .pause: .scheduled, .cancel: .cancelled, .stop: .suppressed, .deadline: .expired,
        ]
        #expect(state.stage == (isOpen ? .unconfirmed : ends[between]))
        #expect(state.isWithPerson == (isOpen && between != .pause))
        #expect(world.provider.creates == 1)
    }

    @Test("A flood of first sends does not stand before what is to be sent again")
    func resendInFlood() async throws {
        let world = try await SendingWorld()
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.lose)
        try await node.send()
        try await node.advance(.seconds(1_891))
        try await node.settle()
        try await node.advance(.seconds(1))
        for number in 10..<60 { try await world.add("f\(number)", to: "+49151123456\(number)") }
        try await node.send()
        #expect(try await world.stage("n1") == .accepted)
    }

    @Test("V4: a callback that is stored and not applied holds the second send back")
    func unappliedCallback() async throws {
        let world = try await SendingWorld()
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        try await world.run(
            "UPDATE notification SET may_resend = 1, due_at = 0 WHERE tenant = ?1 AND notification = 'n1'")
        let message = try #require(world.provider.accepted.first)
        try await world.callback("sent", of: message)
        #expect(try await node.send() == false)
        try await node.turns()
        #expect(try await world.stage() == .sent)
        #expect(world.provider.accepted.count == 1)
    }

    @Test("V11: a pause or a cancel that was committed before the intent is seen by it")
    func committedBefore() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        #expect(try await desk.cancel("n1", by: "anna"))
        #expect(try await node.send() == false)
        #expect(try await world.stage() == .cancelled)
        await #expect(throws: DeskError.refused("n1", .notHeld)) {
            try await desk.release("n1", by: "anna")
        }
        await #expect(throws: DeskError.unknownNotification("x")) {
            try await desk.resolve("x", .closed, by: "anna")
        }
    }

    @Test("A cancel while sending answers \"may have left\", and holds after what never left (V5)")
    func cancelWhileSending() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        let transfer = try #require(try await node.dispatch.begin(as: node.ownership).first)
        #expect(try await desk.cancel("n1", by: "anna") == false)
        await node.dispatch.record(SendReport(.notLeft(reason: "connect")), of: transfer, as: node.ownership)
        #expect(try await world.stage() == .cancelled)
        #expect(world.provider.creates == 0)
    }

    @Test(
        "The provider's name of a message belongs to one attempt; a second claim leaves the acceptance alone")
    func nameTaken() async throws {
        let world = try await SendingWorld()
        try await world.add("n1")
        try await world.add("n2", to: "+491511234568")
        let node = try await world.node("a")
        let transfers = try await node.dispatch.begin(as: node.ownership)
        for transfer in transfers {
            await node.dispatch.record(
                SendReport(.accepted(reference: FakeProvider.sid(7))), of: transfer, as: node.ownership)
        }
        let states = [try await world.load("n1"), try await world.load("n2")]
        #expect(states.map(\.stage) == [.accepted, .accepted])
        #expect(states.compactMap(\.sid).count == 1)
    }
}
