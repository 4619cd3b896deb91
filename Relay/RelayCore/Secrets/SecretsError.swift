/// Why a key or a tenant's secret cannot be used; no text holds a secret.
package enum SecretsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The vault does not hold a key that `ml-relay init` makes.
    case missingKey(name: String, path: String)
    /// A tenant's secret was sealed under another key.
    case sealedElsewhere(name: String)
    /// A name that no secret may bear.
    case unusableName(String)

    package var description: String {
        switch self {
        case .missingKey(let name, let path):
            "The vault \(path) does not hold the key \(name). Run ml-relay init first, or correct the path."
        case .sealedElsewhere(let name):
            "The secret \(name) was sealed under another key. Set it again with ml-relay secrets set."
        case .unusableName(let name):
            "\(name) is no name of a secret. Use letters, digits, dots, hyphens and underscores."
        }
    }
}
