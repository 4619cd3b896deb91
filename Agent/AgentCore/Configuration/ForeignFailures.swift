package import Cryptography
package import Programs
package import SAPAccess

/// A vault that cannot be used: its own description holds sentence and remedy.
extension VaultError: Failure {
    package var sentence: String { description }
    package var remedy: String? { nil }
    package var kind: FailureKind { .configuration }
}

extension SAPAccessError {
    /// For commands, which end with the exit code of its kind; the description holds sentence and remedy.
    package var asFailure: CommandFailure {
        let failureKind: FailureKind =
            switch kind {
            case .transient: .transient
            case .permanent: .permanent
            case .configuration: .configuration
            case .uncertain: .uncertain
            }
        return CommandFailure(description, kind: failureKind)
    }
}
