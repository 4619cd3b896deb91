import AgentCore
import ConnectorProtocol
import Cryptography
import HTTPTransport
import Logging
import RelayCore
import SQLStore
import TestSupport
import Testing
import Values

@Suite("The agent's own code against the relay's, over TLS")
struct RealAgentTests {
    @Test("From a token to covered time, on a host whose clock is three years wrong", arguments: [-3, 0, 3])
    func chain(_ years: Int64) async throws {
        try await TestRelay.run { relay in
            let host = HostClock { relay.clock.now.milliseconds + years * 365 * 86_400_000 }
            let time = RelayTime(host: host)
            var token = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            token.address = "https://127.0.0.1:\(relay.agents)"
            let key = try Ed25519.PrivateKey()
            let paired = try await PairingClient(
                transport: relay.client, time: time, host: "sap-host", version: "1"
            ).pair(token: token.exposedText, key: key) { _ in }
            let again = try await PairingClient(
                transport: relay.client, time: RelayTime(host: host), host: "sap-host", version: "1"
            ).pair(token: token.exposedText, key: key) { _ in }
            #expect(again == paired)

            let database = try await SQLiteDatabase.open(path: relay.folder.file("spool.db"))
            let spool = try await Spool.open(database, clock: host)
            // Nothing learned yet: the first refusal brings the relay's time.
            let endpoint = RelayEndpoint(
                paired, key: key, transport: relay.client, time: RelayTime(host: host))
            let objection = await endpoint.objection()
            #expect(objection == nil)
            let logger = Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() }
            let lease = AgentLease()
            let sync = SyncClient(
                spool: spool, endpoint: endpoint, source: TestAgent.source, lease: lease, logger: logger,
                status: { AgentStatus(version: "1", host: "sap-host") }, carryOut: { _ in })
            #expect(try await sync.turn() == .heard(isNewGrant: true))
            #expect(lease.mayPoll)
            #expect(try await sync.turn() == .heard(isNewGrant: false))

            let now = try #require(LocalDateTime(sap: "20251124170000"))
            let window = StreamClock.baselineWindow(at: now, isDateOnly: false)
            try await spool.beginStream(
                "purchase_order", clock: .first(at: now, isDateOnly: false), from: window.from)
            let uploader = Uploader(
                spool: spool, endpoint: endpoint, source: TestAgent.source, logger: logger)
            #expect(try await uploader.turn(.live) == .acknowledged)
            #expect(try await uploader.turn(.live) == .idle)
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM coverage WHERE tenant = ?1 AND covered_stamp = '20251124170000'")
                    == 3)
            #expect(
                try await relay.count("SELECT count(*) FROM event WHERE tenant = ?1") == 0,
                "no alarm is raised")
        }
    }
}
