internal import Cryptography

/// What `ml-agent secrets` does: the vault, and the logon gate that a new password opens (DESIGN 4.6).
package struct AgentSecrets: Sendable {
    /// What setting a secret changed.
    package enum Change: Equatable, Sendable {
        case stored
        /// The vault held the same value already; a closed gate stays closed.
        case unchanged
        /// Stored, and the logon that SAP had refused is tried again.
        case reopened

        /// For the person who entered it.
        package var sentence: String {
            switch self {
            case .stored: "Stored."
            case .unchanged:
                "The vault holds this value already. Where SAP had refused it, `ml-agent secrets retry` tries "
                    + "it once more."
            case .reopened: "Stored. The agent tries its logon to SAP again."
            }
        }
    }

    private let vault: AgentVault
    private let spool: @Sendable () async throws -> Spool?

    /// - Parameter spool: opens the spool; nil where there is none yet.
    package init(vault: AgentVault, spool: @escaping @Sendable () async throws -> Spool?) {
        self.vault = vault
        self.spool = spool
    }

    /// Sets a secret that a person enters, without its last line break.
    /// - Throws: `ConfigurationError.unknownSecret`, `.secretMissing` for an empty value; `VaultError`, `SQLError`.
    package func set(_ name: String, _ value: [UInt8]) async throws -> Change {
        let entered = AgentSecretName.allCases.filter(\.isEntered)
        guard let secret = AgentSecretName(rawValue: name), secret.isEntered else {
            throw ConfigurationError.unknownSecret(name, known: entered.map(\.rawValue))
        }
        var bytes = value
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw ConfigurationError.emptySecret(name) }
        guard try vault.set(Secret(bytes: bytes), secret) else { return .unchanged }
        guard secret == .sapPassword else { return .stored }
        return try await retry() > 0 ? .reopened : .stored
    }

    /// All names with whether they are set.
    package func list() throws -> [(name: String, isSet: Bool, meaning: String)] {
        let names = try vault.names()
        return AgentSecretName.allCases.map { ($0.rawValue, names.contains($0.rawValue), $0.meaning) }
    }

    /// Opens the logon gates that SAP's refusals closed.
    /// - Returns: how many were closed.
    package func retry() async throws -> Int {
        guard let spool = try await spool() else { return 0 }
        return try await SpoolLogonGate(spool: spool, owner: .current, wait: {}).retry()
    }
}
