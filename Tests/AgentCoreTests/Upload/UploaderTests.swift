import AgentCore
import ConnectorProtocol
import Cryptography
import HTTPTransport
import Logging
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

@Suite("Uploader")
struct UploaderTests {
    private static func ready() async throws -> (AgentWorld, Agent) {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.poll()
        return (world, agent)
    }

    @Test(
        "A refusal that passes by itself keeps the batch, and says how long to wait",
        arguments: [ProblemType.unavailable, .noRoom, .tooMany])
    func refused(type: ProblemType) async throws {
        let (world, agent) = try await Self.ready()
        world.relay.fail(.refuse(type, retryAfter: 7))
        let step = try await agent.uploader.turn(.live)
        #expect(step == .refused(type, detail: "", retryAfter: .seconds(7)))
        #expect(try await agent.uploader.turn(.live) == .acknowledged)
        #expect(world.relay.heldLineages == 1)
    }

    @Test(
        "A host whose clock is three years wrong is corrected by the refusal, once, and goes on",
        arguments: [Int64(-94_608_000), 94_608_000])
    func wrongClock(seconds: Int64) async throws {
        let world = try AgentWorld(hostTime: 1_795_600_000_000 + seconds * 1_000)
        let agent = try await world.agent()
        try await agent.round()
        #expect(world.relay.state.withLock { $0.requests.prefix(2) } == ["sync", "sync"])
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        #expect(world.relay.heldSubjects == ["1 posted", "1 received"])
        #expect(agent.endpoint.time.ahead == .seconds(-seconds))
        let detected = world.relay.state.withLock { state in
            state.stored.held.values.flatMap { $0 }.flatMap(\.events).map(\.detectedAt.milliseconds)
        }
        let now = world.relay.state.withLock { $0.now }
        #expect(detected.allSatisfy { abs($0 - now) < 5_000 })
        // A restart knows it already.
        let next = try await world.agent()
        _ = try await next.sync.turn()
        #expect(world.relay.state.withLock { $0.requests.filter { $0 == "sync" }.count } == 4)
    }

    @Test("An acknowledgement that the relay's key has not signed is not believed")
    func forged() async throws {
        let (world, agent) = try await Self.ready()
        world.relay.fail(.badAcknowledgement)
        let step = try await agent.uploader.turn(.live)
        guard case .silent = step else {
            Issue.record("\(step)")
            return
        }
        #expect(try await agent.spool.hasWork(.live))
        #expect(try await agent.uploader.turn(.live) == .acknowledged)
    }

    @Test("An agent that was revoked polls no more, and keeps what it has")
    func revoked() async throws {
        let (world, agent) = try await Self.ready()
        world.relay.fail(.refuse(.revokedKey, retryAfter: nil), .refuse(.revokedKey, retryAfter: nil))
        #expect(try await agent.uploader.turn(.live) == .refused(.revokedKey, detail: "", retryAfter: nil))
        _ = try await agent.sync.turn()
        #expect(!agent.lease.mayPoll)
        let told = try await agent.spool.database.read {
            try $0.first("SELECT problem FROM link_health")?.text(0)
        }
        #expect(told?.contains("Remedy: Ask the relay's operator") == true)
        #expect(try await agent.spool.hasWork(.live))
    }

    @Test("Whether the relay believes this agent can be asked without leaving anything behind")
    func objection() async throws {
        let (world, agent) = try await Self.ready()
        let before = world.relay.snapshot()
        let objection = await agent.endpoint.objection()
        #expect(objection == nil)
        #expect(world.relay.snapshot().held.count == before.held.count)
        for type in [ProblemType.revokedKey, .unknownKey, .unavailable] {
            world.relay.fail(.refuse(type, retryAfter: nil))
            guard case .refused(let problem, _) = await agent.endpoint.objection() else {
                Issue.record("\(type) is no objection")
                continue
            }
            #expect(problem.type == type)
        }
        // An inspecting proxy, or a page of somebody else's at the address.
        world.relay.fail(.foreign(status: 200), .foreign(status: 404))
        for _ in 1...2 {
            guard case .silent = await agent.endpoint.objection() else {
                Issue.record("a stranger was taken for the relay")
                continue
            }
        }
    }

    @Test("A date in Retry-After counts by the server's clock, and nonsense says nothing")
    func retryAfter() async throws {
        let (world, agent) = try await Self.ready()
        let date = ("date", "Wed, 25 Nov 2026 09:38:52 GMT")
        let cases: [([(String, String)], Duration?)] = [
            ([("retry-after", "7")], .seconds(7)), ([("retry-after", "soon"), date], nil),
            ([("retry-after", "Wed, 25 Nov 2026 09:39:02 GMT"), date], .seconds(10)),
            ([("retry-after", "Wed, 25 Nov 2026 09:39:02 GMT")], nil),
        ]
        for (headers, expected) in cases {
            world.relay.fail(.foreign(status: 503, headers: headers))
            guard case .silent(_, let retryAfter) = try await agent.uploader.turn(.live) else {
                Issue.record("it was answered")
                continue
            }
            #expect(retryAfter == expected)
        }
    }

    @Test("A proxy that takes no body of this size is named as such")
    func tooLargeForProxy() async throws {
        let (world, agent) = try await Self.ready()
        world.relay.fail(.foreign(status: 413))
        _ = try await agent.uploader.turn(.live)
        let problem = try await agent.spool.database.read {
            try $0.first("SELECT problem FROM link_health")?.text(0)
        }
        #expect(problem?.contains("Let proxies take bodies of 5 MiB.") == true)
    }

    @Test("Whatever prints the way to the relay prints none of its secrets")
    func redacted() async throws {
        let (world, agent) = try await Self.ready()
        let proxy = TransportProxy.url("http://proxy.example.com:3128", credentials: "anna:s3cret")
        let endpoint = RelayEndpoint(
            try world.relay.paired(), key: world.relay.agentKey, transport: world.relay,
            time: agent.endpoint.time, proxy: proxy)
        let key = world.relay.agentKey.raw.map { "\($0)" }.joined(separator: ", ")
        for text in ["\(endpoint)", String(reflecting: endpoint), String(reflecting: proxy)] {
            #expect(text.contains("proxy.example.com") && !text.contains("s3cret") && !text.contains(key))
        }
    }

    @Test("As a service it is woken by what is sealed, sends both lanes, and ends when it is told to")
    func service() async throws {
        let (world, agent) = try await Self.ready()
        let waiting = Mutex(0)
        let uploader = Uploader(
            spool: agent.spool, endpoint: agent.endpoint, source: AgentWorld.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            pause: Pause { duration in
                // An idle lane's; pruning waits too.
                if duration == .seconds(5) { waiting.withLock { $0 += 1 } }
                // Nothing here comes by waiting: only a notice lets a lane go on.
                try await untilCancelled()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await uploader.run() }
            #expect(try await eventually { world.relay.heldSubjects.count == 2 })
            #expect(try await eventually { waiting.withLock { $0 } >= 2 })
            world.advance(60)
            world.sap.commit("2")
            try await agent.poll()
            #expect(try await eventually { world.relay.heldSubjects.count == 4 })
            group.cancelAll()
        }
    }

    @Test("Waits grow with full jitter to their bound, and never undercut Retry-After")
    func backOff() {
        var low = BackOff()
        var high = BackOff()
        let zero = SecureRandom { [UInt8](repeating: 0, count: $0) }
        let full = SecureRandom { [UInt8](repeating: 255, count: $0) }
        #expect((1...3).map { _ in low.fail(random: zero) } == Array(repeating: .milliseconds(50), count: 3))
        #expect(
            (1...8).map { _ in high.fail(random: full) }
                == [1, 2, 4, 8, 16, 32, 60, 60].map { Duration.seconds($0) })
        #expect(high.fail(asked: .seconds(30), random: zero) == .milliseconds(30_050))
        #expect(high.fail(asked: .seconds(86_400), random: zero) == .milliseconds(600_050))
        high.succeed()
        #expect(high.fail(random: full) == .seconds(1))
    }

    @Test("What is known of the relay's clock stays while answers allow it, and moves when they do not")
    func relayTime() throws {
        let host = Mutex(Int64(1_000_000))
        let time = RelayTime(host: HostClock { host.withLock { $0 } })
        #expect(!time.isKnown)
        host.withLock { $0 = 1_002_000 }
        time.learn(Timestamp(milliseconds: 9_001_000), sentAt: 1_000_000)
        #expect(time.ahead == .milliseconds(8_000_000))
        // A long poll: anything between its two ends fits.
        host.withLock { $0 = 1_040_000 }
        time.learn(Timestamp(milliseconds: 9_039_500), sentAt: 1_010_000)
        #expect(time.ahead == .milliseconds(8_000_000))
        // The host's clock was set back by an hour.
        host.withLock { $0 = 1_050_000 - 3_600_000 }
        time.learn(Timestamp(milliseconds: 9_050_000), sentAt: 1_049_000 - 3_600_000)
        #expect(time.ahead == .milliseconds(11_600_500))
    }

    @Test(
        "An address is taken apart as signatures need it",
        arguments: [
            ("https://relay.example.com:8443", "https://relay.example.com:8443"),
            ("https://relay.example.com/edge/", "https://relay.example.com/edge"),
            ("http://relay.example.com", nil), ("https://", nil), ("https://a b", nil), ("relay", nil),
            ("https://relay/?x=1", nil),
        ])
    func address(text: String, expected: String?) { #expect(RelayAddress(text)?.text == expected) }
}
