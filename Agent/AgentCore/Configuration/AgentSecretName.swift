/// The names of everything in the agent's vault.
package enum AgentSecretName: String, CaseIterable, Sendable {
    /// Password of the technical SAP user.
    case sapPassword = "sap.password"
    /// The pinned SAP system: it outlives a lost spool.
    case system = "sap.system"
    /// `user:password` for the proxy.
    case proxy = "relay.proxy"
    /// The agent's private signing key, 32 raw bytes.
    case agentKey = "agent.key"
    /// The key of a pairing under way, so that a try that was cut off goes on with the same one.
    case nextAgentKey = "agent.key.next"
    /// What pairing gave: address, agent id, pins and receipt, as `PairedRelay` writes them.
    case pairing = "relay.pairing"

    /// Whether a person enters it; the others are made by `pair`.
    package var isEntered: Bool {
        switch self {
        case .sapPassword, .proxy: true
        case .system, .agentKey, .nextAgentKey, .pairing: false
        }
    }

    /// What it is, for `secrets list`.
    package var meaning: String {
        switch self {
        case .sapPassword: "password of the technical SAP user"
        case .system: "the pinned SAP system, met at the first logon"
        case .proxy: "user:password for the proxy"
        case .agentKey: "the agent's signing key, made by pair"
        case .nextAgentKey: "the key of a pairing under way"
        case .pairing: "the relay's address, pins and receipt, made by pair"
        }
    }
}
