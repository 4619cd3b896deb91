internal import SQLStore

/// The right to decide for a tenant: "owner" means that all three are equal to the tenant's row (facts/send.md F18).
package struct TenantOwnership: Hashable, Sendable {
    /// Which tenant.
    package let tenant: TenantID
    /// Which life of the database, 16 bytes.
    package let incarnation: [UInt8]
    /// Raised by one at each take-over.
    package let epoch: Int64
    /// Which node, with its process instance.
    package let node: String

    /// How long a lease lasts from its taking or renewal (DESIGN.md section 9).
    package static let lease = Duration.seconds(30)

    /// An ownership as the tenant's row states it.
    package init(tenant: TenantID, incarnation: [UInt8], epoch: Int64, node: String) {
        self.tenant = tenant
        self.incarnation = incarnation
        self.epoch = epoch
        self.node = node
    }

    /// The condition of a guarded statement, for an UPDATE that must stand on its own.
    ///
    /// Its parameters follow each other from `first`: incarnation, epoch, node, now.
    static func condition(first: Int) -> String {
        """
        EXISTS (SELECT 1 FROM tenant WHERE tenant = ?1 AND incarnation = ?\(first) AND epoch = ?\(first + 1)
                AND owner = ?\(first + 2) AND lease_until > ?\(first + 3))
        """
    }

    /// Throws ``TenancyError/notOwner(_:)`` unless the tenant's row says that this is its owner now.
    package func check(_ statements: TenantStatements, now: Moment) throws {
        let row = try statements.first(
            "SELECT 1 WHERE \(Self.condition(first: 2))",
            [.blob(incarnation), .integer(epoch), .text(node), now.sql])
        if row == nil { throw TenancyError.notOwner(tenant) }
    }

    /// Whether nobody owns the tenant: its lease was given back, or ran out.
    static func isFree(_ statements: TenantStatements, now: Moment) throws -> Bool {
        try statements.first("SELECT 1 FROM tenant WHERE tenant = ?1 AND lease_until <= ?2", [now.sql]) != nil
    }

    /// Takes the tenant's lease where it is free or over, and raises the epoch.
    ///
    /// - Parameter deadOwner: the caller knows that whoever holds the lease has ended (it holds the lock that
    ///   a running relay on this database holds), so the lease need not run out.
    /// - Returns: nil where another node holds it.
    static func take(
        _ statements: TenantStatements, node: String, deadOwner: Bool, now: Moment,
    ) throws -> TenantOwnership? {
        let row = try statements.first(
            """
            UPDATE tenant SET owner = ?2, epoch = epoch + 1, lease_until = ?3
            WHERE tenant = ?1 AND (?4 = 1 OR owner IS NULL OR lease_until <= ?5)
            RETURNING incarnation, epoch
            """,
            [.text(node), (now + lease).sql, SQLValue(deadOwner), now.sql])
        guard let row else { return nil }
        return TenantOwnership(
            tenant: statements.tenant, incarnation: try row.blob(0), epoch: try row.integer(1), node: node)
    }

    /// Makes the lease last from `now` again; false where it is not this node's any more.
    func renew(_ statements: TenantStatements, now: Moment) throws -> Bool {
        try statements.run(
            """
            UPDATE tenant SET lease_until = ?6
            WHERE tenant = ?1 AND incarnation = ?2 AND epoch = ?3 AND owner = ?4 AND lease_until > ?5
            """,
            [.blob(incarnation), .integer(epoch), .text(node), now.sql, (now + Self.lease).sql]) == 1
    }

    /// Gives the lease back, so that the next node need not wait.
    func release(_ statements: TenantStatements, now: Moment) throws {
        try statements.run(
            """
            UPDATE tenant SET lease_until = ?5, owner = NULL
            WHERE tenant = ?1 AND incarnation = ?2 AND epoch = ?3 AND owner = ?4
            """,
            [.blob(incarnation), .integer(epoch), .text(node), now.sql])
    }
}
