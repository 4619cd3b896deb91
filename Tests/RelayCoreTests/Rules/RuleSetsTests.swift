import ConnectorProtocol
import Cryptography
import Foundation
import SQLStore
import TestSupport
import Testing
import Values

@testable import RelayCore

@Suite("Stored rule sets")
struct RuleSetsTests {
    private static let start = Moment(milliseconds: 1_800_000_000_000)

    private static func scope(_ folder: TemporaryFolder) async throws -> TenantScope {
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        try await store.initialise(now: start, random: .system)
        try await store.makeTenant(.first, name: "First", now: start)
        return store.scope(.first)
    }

    private static func rules(
        _ name: String, type: String = "sap.purchase_order.created", when: String = "true"
    )
        -> String
    {
        """
        rules:
          - name: \(name)
            on: \(type)
            when: \(when)
            notify: [{channel: sms, recipients: [{party: vendor, key: number}], template: t}]
        templates: {t: {sms: "{{number}}"}}
        """
    }

    @Test("A set becomes a version, the active one, and an audit entry, all at once")
    func apply() async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.scope(folder)
        let sets = RuleSets(scope: scope)
        #expect(try await scope.read { try sets.active($0)?.number } == nil)
        let first = try await sets.apply(Self.rules("a"), by: "anna", note: "first", now: Self.start)
        let again = try await sets.apply(Self.rules("a"), by: "anna", now: Self.start)
        let second = try await sets.apply(Self.rules("b"), by: "ben", now: Self.start + .seconds(1))
        #expect([first.number, again.number, second.number] == [1, 1, 2])
        let active = try await scope.read { try sets.active($0) }
        #expect(active?.number == 2 && active?.rules.rules.map(\.name) == ["b"])
        // Another process reads it from the store.
        let other = RuleSets(scope: scope)
        #expect(try await scope.read { try other.active($0)?.rules.rules.map(\.name) } == ["b"])
        #expect(try await scope.read { try other.version(1, $0)?.rules.rules.map(\.name) } == ["a"])
        #expect(try await scope.read { try other.version(3, $0)?.number } == nil)
        let entries = try await scope.read {
            try $0.rows(
                "SELECT actor, subject FROM audit_entry WHERE tenant = ?1 AND action = 'rules.activated' ORDER BY at"
            )
            .map { try $0.text(0) + $0.text(1) }
        }
        #expect(entries == ["anna1", "ben2"])
    }

    @Test("A recipient that nobody stands behind and a channel without an account are worth a warning")
    func warnings() async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.scope(folder)
        let text = Self.rules("a").replacingOccurrences(
            of: "{party: vendor, key: number}", with: "{mapping: plant, field: items.plant}")
        let before = try await RuleSets(scope: scope).check(text, file: "r.yaml").get().warnings
        #expect(
            before.map(\.description) == [
                "r.yaml:5:14: warning: the tenant has no account that sends sms; name one in the relay's configuration",
                "r.yaml:5:14: warning: the directory knows nobody for mapping:plant today; import a directory file with the kind plant",
            ])
        try await scope.write { statements in
            _ = try statements.run(
                """
                INSERT INTO directory_contact (tenant, contact, kind, key, origin, source, valid_from)
                VALUES (?1, 1, 'plant', '1000', 'csv', 'csv', 1)
                """)
            _ = try statements.run(
                """
                INSERT INTO provider_account (tenant, account, provider, base_url, webhook, public_url, created_at)
                VALUES (?1, 'main', 'twilio', 'https://api.twilio.com', 'w', 'https://example.com', 1)
                """)
        }
        #expect(try await RuleSets(scope: scope).check(text, file: "r.yaml").get().warnings.isEmpty)
    }

    @Test("A set that is wrong stores nothing and leaves the active one in place")
    func refused() async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.scope(folder)
        let sets = RuleSets(scope: scope)
        _ = try await sets.apply(Self.rules("a"), by: "anna", now: Self.start)
        await #expect(throws: RuleSetRefused.self) {
            try await sets.apply(Self.rules("b", when: "e.nmber == '1'"), by: "anna", now: Self.start)
        }
        #expect(try await scope.read { try sets.active($0)?.number } == 1)
        let rows = try await scope.read {
            try $0.rows("SELECT version FROM rule_set WHERE tenant = ?1").count
        }
        #expect(rows == 1)
    }

    @Test("Of a stored set only the rules that the schemas of today do not fit fail")
    func driftedSchema() async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.scope(folder)
        let schema = try EventSchema(
            type: "sap.z_order.created",
            fields: [FieldSchema("number", 1, .key), FieldSchema("old", 2, .text)])
        try await scope.write { statements in
            _ = try statements.run(
                "INSERT INTO event_schema (tenant, digest, type, bytes, received_at) VALUES (?1, ?2, ?3, ?4, 1)",
                [.blob(schema.digest.bytes), .text(schema.type), .blob(schema.bytes)])
        }
        let text = Self.rules("fits", type: schema.type) + "\n"
        let both = text.replacingOccurrences(
            of: "templates:",
            with: """
                  - name: drifted
                    on: sap.z_order.created
                    when: e.old == 'x'
                    notify: [{channel: sms, recipients: [{party: vendor, key: number}], template: t}]
                templates:
                """)
        _ = try await RuleSets(scope: scope).apply(both, by: "anna", now: Self.start)
        _ = try await scope.write { try $0.run("DELETE FROM event_schema WHERE tenant = ?1") }
        let later = try EventSchema(type: schema.type, fields: [FieldSchema("number", 1, .key)])
        try await scope.write { statements in
            _ = try statements.run(
                "INSERT INTO event_schema (tenant, digest, type, bytes, received_at) VALUES (?1, ?2, ?3, ?4, 2)",
                [.blob(later.digest.bytes), .text(later.type), .blob(later.bytes)])
        }
        let fresh = RuleSets(scope: scope)
        let set = try #require(try await scope.read { try fresh.active($0)?.rules })
        let results = set.decide(try RuleFixtures.event(later, ["number": "1"]), now: RuleFixtures.now)
        guard results.count == 2, case .matched = results[0],
            case .failed(_, "does_not_compile", _, 8, _) = results[1]
        else {
            Issue.record("\(results.map { "\($0)".suffix(200) })")
            return
        }
    }
}
