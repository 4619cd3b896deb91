package import Programs
package import SQLStore

/// The spool's database cannot be opened.
///
/// It alone may be lost (DESIGN 4.7), and a backup of it would be a spool that was set back: a person is told to
/// move it away, and not to restore it.
package struct SpoolUnusable: Failure, Equatable {
    /// The database's file.
    package let path: String
    package let reason: SQLError

    package init(path: String, reason: SQLError) {
        self.path = path
        self.reason = reason
    }

    /// Whether it may be opened later, as it is.
    package var kind: FailureKind {
        switch reason {
        case .busy, .full, .inputOutput, .transactionEnded: .transient
        default: .configuration
        }
    }

    /// What is wrong with which file.
    package var sentence: String {
        guard case .corrupt(let detail) = reason else { return "The spool \(path): \(reason)" }
        return "The spool \(path) is damaged, or no spool: \(detail)."
    }

    /// What to do where the reason does not say it.
    package var remedy: String? {
        guard case .corrupt = reason else { return nil }
        return
            "Stop the agent, move the file away with those beside it that end in -wal and -shm, and start it: "
            + "it makes a new spool, and goes on from what the relay covers."
    }
}
