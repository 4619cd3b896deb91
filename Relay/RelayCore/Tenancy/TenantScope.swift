internal import SQLStore

/// The only way to run a statement for a tenant (STYLE section 4).
///
/// Closures run on the database's own thread, must not wait for anything but SQL, and see only rows that their
/// statements name with the tenant.
package struct TenantScope: Sendable {
    /// Whose rows these are.
    package let tenant: TenantID
    private let database: any SQLDatabase

    init(tenant: TenantID, database: any SQLDatabase) {
        self.tenant = tenant
        self.database = database
    }

    /// Runs `body` in a transaction that sees one state of the database and may not write.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (TenantStatements) throws -> T,
    ) async throws -> T {
        let tenant = tenant
        return try await database.read { try body(TenantStatements(tenant: tenant, connection: $0)) }
    }

    /// Runs `body` in a transaction that holds the write lock; durable when it returns, nothing when it throws.
    ///
    /// For what any node may write: what comes from outside, and a person's commands.
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (TenantStatements) throws -> T,
    ) async throws -> T {
        let tenant = tenant
        return try await database.write { try body(TenantStatements(tenant: tenant, connection: $0)) }
    }

    /// As ``write(_:)``, for what only the tenant's node may write: process and dispatch.
    ///
    /// - Parameter now: by the database's clock.
    /// - Throws: ``TenancyError/notOwner(_:)`` where incarnation, epoch or node are not the tenant's any more,
    ///   or the lease is over; `body` is not called then.
    package func write<T: Sendable>(
        as owner: TenantOwnership, now: Moment,
        _ body: @escaping @Sendable (TenantStatements) throws -> T,
    ) async throws -> T {
        try await write { statements in
            try owner.check(statements, now: now)
            return try body(statements)
        }
    }
}
