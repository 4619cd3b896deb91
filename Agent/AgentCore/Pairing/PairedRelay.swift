package import ConnectorProtocol
package import Cryptography
internal import FoundationEssentials
package import HTTPTransport

/// What pairing gave, to be kept in the vault: where the relay is, and how it is known again.
///
/// The agent's private key is not part of it: it is in the vault before the first request.
package struct PairedRelay: Hashable, Sendable {
    package var address: RelayAddress
    /// The agent's id, part of every path and manifest.
    package var agent: String
    /// Signs acknowledgements, receipts and commands.
    package var relayKey: Ed25519.PublicKey
    /// PEM of each CA that the relay's certificate may come from; empty for the system's roots.
    package var authorities: [String]
    /// The relay's signed receipt, shown to a relay that has forgotten the agent.
    package var receipt: SignedBytes

    package init(
        address: RelayAddress, agent: String, relayKey: Ed25519.PublicKey, authorities: [String],
        receipt: SignedBytes,
    ) {
        self.address = address
        self.agent = agent
        self.relayKey = relayKey
        self.authorities = authorities
        self.receipt = receipt
    }

    /// Whom a connection to the relay believes.
    ///
    /// Under the relay's own CA dates are left out: the host's clock may be years wrong (DESIGN.md 5).
    package var trust: TransportTrust { Self.trust(in: authorities) }

    /// Whom a connection believes to which these authorities were named.
    static func trust(in authorities: [String]) -> TransportTrust {
        authorities.isEmpty
            ? .system : .authorities(pem: authorities.joined(separator: "\n"), checkDates: false)
    }

    private struct Members: Codable {
        var version = 1
        var address: String
        var agent: String
        var relayKey: String
        var authorities: [String]
        var receipt: String
    }

    /// Reads what `secret` gave; nil where it is damaged.
    package init?(_ secret: Secret) {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(secret.exposedBytes)),
            members.version == 1, let address = RelayAddress(members.address), !members.agent.isEmpty,
            let key = Base64.decode(members.relayKey).flatMap({ try? Ed25519.PublicKey(raw: $0) }),
            let receipt = Base64.decode(members.receipt).flatMap({ try? SignedBytes(bytes: $0) })
        else { return nil }
        self.init(
            address: address, agent: members.agent, relayKey: key, authorities: members.authorities,
            receipt: receipt)
    }

    /// As the vault keeps it.
    package var secret: Secret {
        let members = Members(
            address: address.text, agent: agent, relayKey: Base64.encode(relayKey.raw),
            authorities: authorities, receipt: Base64.encode(receipt.bytes))
        // Texts and whole numbers alone: there is nothing that JSON could not hold.
        return Secret(bytes: (try? JSONEncoder().encode(members)).map(Array.init) ?? [])
    }
}
