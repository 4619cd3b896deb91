internal import ConnectorProtocol
package import Cryptography
internal import FoundationEssentials
package import HTTPTransport

/// How this installation reaches the relay.
extension AgentContext {
    /// The relay that this agent is paired with, and the key that its receipt names.
    ///
    /// Where a pairing was cut off after its last step but one, that key is not yet under its own name.
    /// - Throws: `ConfigurationError.notPaired`, `VaultError`.
    package func paired() throws -> (relay: PairedRelay, key: Ed25519.PrivateKey) {
        let names: [AgentSecretName] = [.agentKey, .nextAgentKey]
        let keys = try names.compactMap { try vault.secret($0) }
            .map { try Ed25519.PrivateKey(raw: $0.exposedBytes) }
        guard let pairing = try vault.secret(.pairing).flatMap(PairedRelay.init),
            let receipt = try? PairingReceipt(bytes: pairing.receipt.payload),
            let key = keys.first(where: { $0.publicKey == receipt.agentKey })
        else { throw ConfigurationError.notPaired }
        return (pairing, key)
    }

    /// The HTTP client, which also believes the configured authorities.
    /// - Throws: `ConfigurationError.authorities` for their file.
    package func transport() throws -> any Transport {
        let client = HTTPClient(userAgent: "ml-agent/\(AgentVersion.current)")
        guard let path = configuration.relay.authorityFile else { return client }
        guard let content = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw ConfigurationError.authorities(
                path: path, problem: exists ? "cannot be read" : "is not there")
        }
        let pem = String(decoding: content, as: UTF8.self)
        guard (try? Certificate(pem: pem)) != nil else {
            throw ConfigurationError.authorities(path: path, problem: "holds no certificate in PEM")
        }
        return AddedAuthorities(pem, over: client)
    }

    /// The configured proxy with its credentials.
    /// - Throws: `VaultError`.
    package func proxy() throws -> TransportProxy {
        guard let address = configuration.relay.proxy else { return .none }
        return .url(address, credentials: try vault.secret(.proxy)?.exposedText)
    }

    /// This host's name, as the relay's operator sees it.
    package static var hostName: String { ProcessInfo.processInfo.hostName }
}
