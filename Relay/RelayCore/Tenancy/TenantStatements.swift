package import SQLStore

/// The statements of one transaction for one tenant.
///
/// Lent to the closures of ``TenantScope``, never to be kept.
///
/// Every statement binds the tenant as its first parameter, `?1`; the values given follow as `?2`, `?3`, …
/// A statement that does not name `?1` is refused, so that none can forget its tenant (DESIGN.md, invariant 7).
package final class TenantStatements {
    /// Whose rows the statements see.
    package let tenant: TenantID
    private let connection: SQLConnection

    init(tenant: TenantID, connection: SQLConnection) {
        self.tenant = tenant
        self.connection = connection
    }

    /// Runs one statement that gives no rows that matter.
    /// - Returns: how many rows an INSERT, UPDATE or DELETE changed.
    @discardableResult
    package func run(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
        try connection.execute(checked(sql), bound(values))
    }

    /// All rows of one statement.
    package func rows(_ sql: String, _ values: [SQLValue] = []) throws -> [SQLRow] {
        try connection.query(checked(sql), bound(values))
    }

    /// The first row of one statement, nil where there is none.
    package func first(_ sql: String, _ values: [SQLValue] = []) throws -> SQLRow? {
        try connection.first(checked(sql), bound(values))
    }

    /// Calls `body` for each row; the columns may be used only inside the call.
    package func forEach(
        _ sql: String, _ values: [SQLValue] = [], _ body: (any SQLColumns) throws -> Void,
    ) throws {
        try connection.forEach(checked(sql), bound(values), body)
    }

    /// Runs `body` in a savepoint: what it throws takes back what it wrote, and nothing else.
    package func savepoint<T>(_ name: String, _ body: () throws -> T) throws -> T {
        try connection.savepoint(name, body)
    }

    /// Runs `body` for every tenant, in this transaction: for what befell the database as a whole, and no other.
    func inEveryTenant(_ body: (TenantStatements) throws -> Void) throws {
        for row in try rows("SELECT tenant FROM tenant WHERE ?1 IS NOT NULL ORDER BY tenant") {
            try body(
                TenantStatements(tenant: TenantID(unchecked: try row.text(0)), connection: connection))
        }
    }

    /// The next number of a counter of this tenant, from 1; taken back with the transaction.
    ///
    /// The counter's row stays locked until the commit, so numbers become visible in their own order.
    package func next(_ counter: TenantCounter) throws -> Int64 {
        let row = try first(
            """
            INSERT INTO counter (tenant, name, value) VALUES (?1, ?2, 1)
            ON CONFLICT (tenant, name) DO UPDATE SET value = value + 1 RETURNING value
            """, [.text(counter.rawValue)])
        guard let row else { throw TenancyError.unknownTenant(tenant.text) }
        return try row.integer(0)
    }

    private func bound(_ values: [SQLValue]) -> [SQLValue] { [.text(tenant.text)] + values }

    private func checked(_ sql: String) throws(TenancyError) -> String {
        var bytes = sql.utf8.makeIterator()
        var before: UInt8 = 0
        var last: UInt8 = 0
        // "?1" followed by anything but a digit.
        while let byte = bytes.next() {
            if before == UInt8(ascii: "?"), last == UInt8(ascii: "1"), !(0x30...0x39).contains(byte) {
                return sql
            }
            before = last
            last = byte
        }
        if before == UInt8(ascii: "?"), last == UInt8(ascii: "1") { return sql }
        throw .statementWithoutTenant(sql: sql)
    }
}

/// What is numbered per tenant (table `counter`).
package enum TenantCounter: String, Sendable {
    case batch, event, callback, evidence, command, contact, timer, digest, directoryImport, activation,
        erasure
}
