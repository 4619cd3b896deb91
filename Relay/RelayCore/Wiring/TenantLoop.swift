/// One of the loops that only a tenant's node runs: process, dispatch, apply, seal.
package struct TenantLoop: Sendable {
    /// Its name in log lines.
    package let name: String
    /// Runs until it is cancelled, or until the tenant is another node's (`TenancyError.notOwner`).
    package let run: @Sendable (TenantOwnership) async throws -> Void

    /// A loop by its name.
    package init(_ name: String, run: @escaping @Sendable (TenantOwnership) async throws -> Void) {
        self.name = name
        self.run = run
    }
}
