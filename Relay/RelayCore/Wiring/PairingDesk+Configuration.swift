internal import ConnectorProtocol
internal import Values

extension PairingDesk {
    /// The desk of a configured relay: agents pin the relay's own authority unless a certificate is given.
    package init(reception: Reception, keys: RelayKeys, configuration: RelayConfiguration) {
        self.init(
            reception: reception, keys: keys, address: configuration.agents.address,
            isPinned: configuration.agents.certificate == nil, version: RelayVersion.text)
    }

    /// As ``invite(in:name:by:)``, for a command that prints it: the token's text, which holds the secret, and
    /// until when it is good (RFC 3339).
    package func token(
        in scope: TenantScope, name: String, by: String,
    ) async throws -> (text: String, expires: String) {
        let token = try await invite(in: scope, name: name, by: by)
        return (token.exposedText, token.expires.description)
    }
}
