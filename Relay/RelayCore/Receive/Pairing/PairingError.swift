/// Why an invitation or an agent cannot be dealt with.
package enum PairingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name that no agent may bear.
    case unusableName(String)
    /// No open invitation of this id.
    case unknownInvitation(String)
    /// No paired agent of this id.
    case unknownAgent(String)

    package var description: String {
        switch self {
        case .unusableName(let name):
            "\(name) is no name of an agent. Use up to 64 letters, digits, dots, hyphens and underscores."
        case .unknownInvitation(let id): "There is no open invitation \(id). List them with agents list."
        case .unknownAgent(let id): "There is no paired agent \(id). List them with agents list."
        }
    }
}
