import Cryptography
import SQLStore
import TestSupport
import Testing

@testable import RelayCore

@Suite("The only way to run a statement for a tenant")
struct TenantScopeTests {
    private static let start = Moment(milliseconds: 1_800_000_000_000)

    private static func store(_ folder: TemporaryFolder) async throws -> RelayStore {
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        try await store.initialise(now: start, random: .system)
        try await store.makeTenant(.first, name: "First", now: start)
        return store
    }

    @Test(
        "A statement that does not name its tenant is refused",
        arguments: [
            "SELECT count(*) FROM event", "SELECT * FROM event WHERE tenant = ?10",
            "DELETE FROM event WHERE event = ?2",
        ])
    func withoutTenant(sql: String) async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.store(folder).scope(.first)
        await #expect(throws: TenancyError.statementWithoutTenant(sql: sql)) {
            try await scope.write { try $0.run(sql) }
        }
    }

    @Test("Two tenants count apart and see nothing of each other")
    func apart() async throws {
        let folder = try TemporaryFolder()
        let store = try await Self.store(folder)
        let other = try #require(TenantID("other"))
        try await store.makeTenant(other, name: "Other", now: Self.start)
        try await store.scope(.first).write { try $0.registerAgent("a1") }
        let first = try await store.scope(.first).write { [try $0.next(.event), try $0.next(.event)] }
        let second = try await store.scope(other).write { try $0.next(.event) }
        #expect(first == [1, 2])
        #expect(second == 1)
        #expect(try await store.tenant(ofAgent: "a1") == .first)
        #expect(try await store.tenant(ofAgent: "a2") == nil)
        let seen = try await store.scope(other).read {
            try $0.rows("SELECT * FROM agent_lookup WHERE tenant = ?1")
        }
        #expect(seen.isEmpty)
    }

    @Test("A transaction that throws takes back its numbers")
    func rollback() async throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let scope = try await Self.store(folder).scope(.first)
        await #expect(throws: Stop.self) {
            try await scope.write { statements in
                _ = try statements.next(.batch)
                throw Stop()
            }
        }
        #expect(try await scope.write { try $0.next(.batch) } == 1)
    }

    @Test("Only the owner of the lease writes, and only until it is over")
    func lease() async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.store(folder).scope(.first)
        let now = Self.start
        let a = try #require(
            try await scope.write { try TenantOwnership.take($0, node: "a", deadOwner: false, now: now) })
        let early = try await scope.write {
            try TenantOwnership.take($0, node: "b", deadOwner: false, now: now)
        }
        #expect(early == nil)
        try await scope.write(as: a, now: now) { _ = try $0.next(.event) }
        let late = now + .seconds(31)
        await #expect(throws: TenancyError.notOwner(.first)) {
            try await scope.write(as: a, now: late) { _ in }
        }
        let b = try #require(
            try await scope.write { try TenantOwnership.take($0, node: "b", deadOwner: false, now: late) })
        #expect(b.epoch == a.epoch + 1)
        await #expect(throws: TenancyError.notOwner(.first)) {
            try await scope.write(as: a, now: late) { _ in }
        }
        #expect(try await scope.write { try a.renew($0, now: late) } == false)
        #expect(try await scope.write { try b.renew($0, now: late) })
    }

    @Test("A restarted relay takes over from itself at once, under a higher epoch")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let scope = try await Self.store(folder).scope(.first)
        let now = Self.start
        let before = try await scope.write {
            try TenantOwnership.take($0, node: "a1", deadOwner: true, now: now)
        }
        let after = try await scope.write {
            try TenantOwnership.take($0, node: "a2", deadOwner: true, now: now)
        }
        #expect(try #require(after).epoch == (try #require(before)).epoch + 1)
    }

    @Test("A new life of the database is told in each tenant's log, so that old callbacks are believed")
    func incarnation() async throws {
        let folder = try TemporaryFolder()
        let store = try await Self.store(folder)
        let other = try #require(TenantID("other"))
        try await store.makeTenant(other, name: "Other", now: Self.start)
        let before = try #require(try await store.incarnation())
        let after = [UInt8](repeating: 7, count: 16)
        try await store.scope(.first).write {
            try $0.drawIncarnation(after, reason: "test", now: Self.start)
        }
        for tenant in [TenantID.first, other] {
            let details = try await store.scope(tenant).read { statements in
                try statements.rows(
                    "SELECT detail FROM audit_entry WHERE tenant = ?1 AND action = ?2 AND subject = 'relay'",
                    [.text(AuditAction.incarnationDrawn)]
                ).map { try $0.text(0) }
            }
            let (left, right) = (Hexadecimal.encode(before), Hexadecimal.encode(after))
            #expect(details == [#"{"after":"\#(right)","before":"\#(left)"}"#])
        }
    }

    @Test(
        "Every key of every table begins with the tenant, but for the three look-ups and the relay's own row")
    func keys() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(path: folder.file("relay.db"))
        try await database.migrate(RelayResources.sqliteMigrations())
        let keys = try await database.read { connection in
            try connection.query(
                """
                SELECT t.name AS name, c.name AS first FROM sqlite_schema t, pragma_table_info(t.name) c
                WHERE t.type = 'table' AND c.pk = 1 AND t.name NOT IN ('schema_migration', 'relay')
                """
            ).map { (try $0.text("name"), try $0.text("first")) }
        }
        #expect(keys.count >= 45)
        for (table, first) in keys where !table.hasSuffix("_lookup") {
            #expect(first == "tenant", "\(table)")
        }
        #expect(
            Set(keys.filter { $0.0.hasSuffix("_lookup") }.map(\.1)) == ["agent", "webhook", "invitation"])
    }

    @Test("The catalogue of providers' error codes travels in the program")
    func catalogue() throws {
        #expect(
            try #require(RelayResources.bytes("Catalogue/provider-errors.json")).first == UInt8(ascii: "{"))
        #expect(RelayResources.sqliteMigrations().map(\.number) == Array(1...6))
    }
}
