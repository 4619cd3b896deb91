package import Programs

/// Why a person's poll was not made.
package enum PollRefused: Failure, Equatable {
    case noLease
    case spoolFull
    case notProduction
    case systemChanged

    private var stop: FeedStop {
        switch self {
        case .noLease: .noLease
        case .spoolFull: .spoolFull
        case .notProduction: .notProduction
        case .systemChanged: .systemChanged
        }
    }

    /// Whether it passes by itself.
    package var kind: FailureKind {
        switch self {
        case .noLease, .spoolFull: .transient
        case .notProduction, .systemChanged: .configuration
        }
    }

    /// Why no poll was made.
    package var sentence: String { stop.sentence }

    /// What a person can do.
    package var remedy: String? {
        self == .noLease ? "Poll on the host whose agent has the lease, or use --dry-run." : stop.remedy
    }
}
