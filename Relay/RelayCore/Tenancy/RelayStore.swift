package import Cryptography
package import SQLStore

/// The relay's database: the look-ups that find a tenant, and the scopes that everything else runs in.
package struct RelayStore: Sendable {
    private let database: any SQLDatabase

    /// A store over a database whose schema is up to date.
    package init(database: any SQLDatabase) { self.database = database }

    /// Opens the database at `path`, making its file where there is none, and brings its schema up to date.
    /// - Throws: `SQLError`.
    package static func open(path: String) async throws -> RelayStore {
        let database = try await SQLiteDatabase.open(path: path, synchronous: .full)
        try await database.migrate(RelayResources.sqliteMigrations())
        return RelayStore(database: database)
    }

    /// The statements of one tenant.
    package func scope(_ tenant: TenantID) -> TenantScope { TenantScope(tenant: tenant, database: database) }

    /// The life of the database that this is, 16 bytes; nil before ``initialise(now:random:)``.
    package func incarnation() async throws -> [UInt8]? {
        try await database.read { try $0.first("SELECT incarnation FROM relay")?.blob(0) }
    }

    /// Gets the database's write lock and gives it back, which writes nothing.
    /// - Throws: `SQLError` where the database takes no writes.
    package func checkWrites() async throws {
        _ = try await database.write { try $0.first("SELECT 1 FROM relay") }
    }

    /// Draws the first incarnation, if there is none yet.
    package func initialise(now: Moment, random: SecureRandom) async throws {
        let incarnation = random.bytes(16)
        _ = try await database.write { connection in
            try connection.execute(
                "INSERT INTO relay (one, incarnation, created_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                [.blob(incarnation), now.sql])
        }
    }

    /// Makes a tenant of this database's incarnation; does nothing where it is there.
    package func makeTenant(_ tenant: TenantID, name: String, now: Moment) async throws {
        _ = try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO tenant (tenant, name, incarnation, created_at)
                SELECT ?1, ?2, incarnation, ?3 FROM relay WHERE true ON CONFLICT DO NOTHING
                """, [.text(tenant.text), .text(name), now.sql])
        }
    }

    /// All tenants, by name.
    package func tenants() async throws -> [TenantID] {
        try await database.read { connection in
            try connection.query("SELECT tenant FROM tenant ORDER BY tenant")
                .map { TenantID(unchecked: try $0.text(0)) }
        }
    }

    /// The tenant that `text` names.
    /// - Throws: ``TenancyError/unknownTenant(_:)``.
    package func tenant(named text: String) async throws -> TenantID {
        guard let tenant = TenantID(text), try await tenants().contains(tenant) else {
            throw TenancyError.unknownTenant(text)
        }
        return tenant
    }

    /// Whose agent this is; nil for an agent that nobody paired.
    package func tenant(ofAgent agent: String) async throws -> TenantID? {
        try await find("SELECT tenant FROM agent_lookup WHERE agent = ?", agent)
    }

    /// Whose webhook this is; nil for an address that nobody gave out.
    package func tenant(ofWebhook webhook: String) async throws -> TenantID? {
        try await find("SELECT tenant FROM webhook_lookup WHERE webhook = ?", webhook)
    }

    /// Whose invitation this is; nil for one that nobody made.
    package func tenant(ofInvitation invitation: String) async throws -> TenantID? {
        try await find("SELECT tenant FROM invitation_lookup WHERE invitation = ?", invitation)
    }

    private func find(_ sql: String, _ key: String) async throws -> TenantID? {
        try await database.read { connection in
            try connection.first(sql, [.text(key)]).map { TenantID(unchecked: try $0.text(0)) }
        }
    }
}

extension TenantStatements {
    /// Lets an agent be found by its id; part of the transaction that makes it.
    package func registerAgent(_ agent: String) throws {
        try run("INSERT INTO agent_lookup (agent, tenant) VALUES (?2, ?1)", [.text(agent)])
    }

    /// Lets a webhook be found by its random id.
    package func registerWebhook(_ webhook: String) throws {
        try run("INSERT INTO webhook_lookup (webhook, tenant) VALUES (?2, ?1)", [.text(webhook)])
    }

    /// Lets an invitation be found by its id.
    package func registerInvitation(_ invitation: String) throws {
        try run("INSERT INTO invitation_lookup (invitation, tenant) VALUES (?2, ?1)", [.text(invitation)])
    }
}
