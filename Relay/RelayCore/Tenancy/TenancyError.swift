/// Why a statement was not run for a tenant.
package enum TenancyError: Error, Hashable, Sendable {
    /// A statement that does not name the tenant as its first parameter: a mistake in the program.
    case statementWithoutTenant(sql: String)
    /// The lease passed to another node, ran out, or the database was restored meanwhile: drop what was
    /// decided, keep what happened (facts/send.md F2).
    case notOwner(TenantID)
    /// No tenant of this name.
    case unknownTenant(String)
    /// The database was never set up by `ml-relay init`.
    case notInitialised(path: String)
}

extension TenancyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .statementWithoutTenant(let sql): "A statement does not name its tenant: \(sql)"
        case .notOwner(let tenant): "Another node owns tenant \(tenant) now."
        case .unknownTenant(let name): "There is no tenant \(name). Name one of the configuration's."
        case .notInitialised(let path):
            "The database \(path) is empty. Put it back from a backup, or run ml-relay init for a new relay."
        }
    }
}
