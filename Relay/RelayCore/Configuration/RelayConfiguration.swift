internal import Programs

/// What the operator sets, decoded once and checked (`relay.yaml`).
package struct RelayConfiguration: Sendable {
    /// The node's name, in leases and the audit log.
    package let node: String
    /// File of the SQLite database.
    package let database: String
    /// Vault with the relay's own keys.
    package let vault: String
    /// Master key of vault and database, mode 0600, in no backup of either.
    package let masterKey: String
    /// Agents' endpoint, always TLS.
    package let agents: ListenerConfiguration
    /// Webhooks and health checks.
    package let webhooks: ListenerConfiguration
    /// Times of sending.
    package let sendTimes: SendTimes
    /// PEM file of the certificates that providers are trusted by, nil for the system's own.
    package let providerAuthorities: String?
    /// In the order of the file, at least one.
    package let tenants: [TenantConfiguration]

    /// Reads and checks a file.
    /// - Throws: `CommandFailure` of kind `configuration` that names file, line and column.
    package static func load(path: String) throws -> RelayConfiguration {
        try decode(
            NamedFile.bytes(
                path, what: "configuration file",
                remedy: "Run ml-relay init, or name another file with --config."), file: path)
    }
}
