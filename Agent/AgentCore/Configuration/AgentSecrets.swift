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

    /// Sets a secret that a person enters.
    /// - Throws: `ConfigurationError.unknownSecret`, `.emptySecret`, `.secretForm`; `VaultError`, `SQLError`.
    package func set(_ name: String, _ value: String) async throws -> Change {
        let secret = try Self.entered(name)
        guard !value.isEmpty else { throw ConfigurationError.emptySecret(name) }
        // SAP would refuse it, and close the gate: a person is told before anything is tried.
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ConfigurationError.secretForm(name)
        }
        guard try vault.set(Secret(value), secret) else { return .unchanged }
        guard secret == .sapPassword else { return .stored }
        return try await retry() > 0 ? .reopened : .stored
    }

    /// The secret of that name, if a person may enter it.
    /// - Throws: `ConfigurationError.unknownSecret`.
    @discardableResult
    package static func entered(_ name: String) throws -> AgentSecretName {
        if let secret = AgentSecretName(rawValue: name), secret.isEntered { return secret }
        let known = AgentSecretName.allCases.filter(\.isEntered).map(\.rawValue)
        throw ConfigurationError.unknownSecret(name, known: known)
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
