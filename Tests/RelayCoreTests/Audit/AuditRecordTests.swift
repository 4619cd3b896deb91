import Cryptography
import SQLStore
import TestSupport
import Testing

@testable import RelayCore

@Suite("What the audit log says of rule sets, texts and secrets")
struct AuditRecordTests {
    /// A tenant with one rule set, one order, and the message that came of it; all of it sealed.
    private static func filled() async throws -> ProcessFixture {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        try await seal(fixture)
        return fixture
    }

    private static func seal(_ fixture: ProcessFixture) async throws {
        let clock = RelayClock(now: { fixture.now }, monotonic: { .zero })
        let loop = SealLoop(scope: fixture.scope, clock: clock)
        while try await loop.turn(as: fixture.owner) {}
    }

    @Test("A text that was rendered when somebody was found for it is held against that entry")
    func found() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.order()])
        try await fixture.settle()
        // A text of its own stood there before, as where an account was missing.
        _ = try await fixture.scope.write { statements in
            try statements.run(
                """
                UPDATE audit_entry SET detail = replace(detail, '{', '{"text":"00",')
                WHERE tenant = ?1 AND action = 'notification.created'
                """)
        }
        try await fixture.receive([Sample.user()])
        try await fixture.settle()
        try await Self.seal(fixture)
        let verifier = AuditVerifier(scope: fixture.scope)
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == 1)
        #expect(try await verifier.verify().broken?.link == "batch 1")
        _ = try await fixture.scope.write {
            try $0.run("UPDATE notification SET body = 'Pay Eve.' WHERE tenant = ?1")
        }
        #expect(try await verifier.verify().broken?.link.hasPrefix("notification ") == true)
    }

    @Test(
        "A changed rule set, text or cause is the broken link, though the chain over the log holds",
        arguments: [
            ("UPDATE rule_set SET yaml = yaml || ' ' WHERE tenant = ?1", "rule set 1"),
            ("UPDATE notification SET body = 'Pay Eve.' WHERE tenant = ?1", "notification "),
            ("UPDATE notification SET body = NULL WHERE tenant = ?1", "notification "),
            ("UPDATE notification SET event = 1 WHERE tenant = ?1", "notification "),
        ])
    func changed(_ sql: String, _ link: String) async throws {
        let fixture = try await Self.filled()
        let verifier = AuditVerifier(scope: fixture.scope)
        // The batches of this fixture are not signed, and come after all that is looked at here.
        #expect(try await verifier.verify().broken?.link == "batch 1")
        _ = try await fixture.scope.write { try $0.run(sql) }
        let broken = try #require(try await verifier.verify().broken)
        #expect(broken.link.hasPrefix(link), "\(broken)")
    }

    @Test("An erased text says so and breaks nothing")
    func erased() async throws {
        let fixture = try await Self.filled()
        let now = fixture.now
        _ = try await fixture.scope.write { statements in
            try statements.run(
                "UPDATE notification SET body = NULL, erased_at = ?2 WHERE tenant = ?1", [now.sql])
        }
        let report = try await AuditVerifier(scope: fixture.scope).verify()
        #expect(report.broken?.link == "batch 1")
        #expect(report.erased.map(\.at) == [now.description])
    }

    @Test("Setting a secret is told with its name and number, never with its value")
    func secret() async throws {
        let world = try await SendingWorld()
        let secrets = TenantSecrets(keys: world.keys)
        try await secrets.set(
            world.scope, name: "sms.auth_token", value: Secret("hush"), by: "person:anna", now: world.now)
        let entries = try await world.scope.read { statements in
            try statements.rows(
                """
                SELECT actor, subject, detail FROM audit_entry
                WHERE tenant = ?1 AND action = 'secret.set' AND actor = 'person:anna'
                """
            ).map { [try $0.text(0), try $0.text(1), try $0.text(2)] }
        }
        #expect(entries == [["person:anna", "sms.auth_token", #"{"number":"2"}"#]])
    }
}
