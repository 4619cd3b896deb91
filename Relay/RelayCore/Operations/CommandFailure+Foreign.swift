internal import Cryptography
package import Programs
internal import SQLStore

extension CommandFailure {
    /// An error of a command as a failure that says its kind, so that the exit code is right.
    ///
    /// The errors' descriptions hold sentence and remedy. Nil for a failure, and for what nobody foresaw.
    package init?(command error: any Error) {
        let kind: FailureKind
        switch error {
        case let error as SQLError: kind = error.failureKind
        case let error as TenancyError: kind = error.failureKind
        case is VaultError, is SecretsError, is CryptographyError: kind = .configuration
        default: return nil
        }
        self.init("\(error)", kind: kind)
    }
}

extension SQLError {
    fileprivate var failureKind: FailureKind {
        switch self {
        case .busy, .full, .transactionEnded: .transient
        case .readOnly, .cannotOpen, .schemaFromTheFuture, .migrationChanged: .configuration
        case .inputOutput, .corrupt, .constraint, .closed, .migrationsOutOfOrder, .wrongType, .noSuchColumn,
            .invalidText, .statement:
            .permanent
        }
    }
}

extension TenancyError {
    fileprivate var failureKind: FailureKind {
        switch self {
        case .notOwner: .transient
        case .unknownTenant, .notInitialised: .configuration
        case .statementWithoutTenant: .permanent
        }
    }
}
