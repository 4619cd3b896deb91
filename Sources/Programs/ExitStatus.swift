/// The exit codes of all our programs (the numbers above 63 are those of sysexits.h).
package enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
    case success = 0
    /// It failed, and will fail the same way again.
    case permanent = 1
    /// Nobody knows whether it happened.
    case uncertain = 3
    /// The command line is wrong; also what ArgumentParser uses.
    case usage = 64
    /// The one it was meant for cannot be reached.
    case recipient = 67
    /// It may succeed later.
    case transient = 75
    /// A setting, a secret or a permission has to be changed.
    case configuration = 78

    /// The code for a kind of failure.
    package init(_ kind: FailureKind) {
        self =
            switch kind {
            case .transient: .transient
            case .permanent: .permanent
            case .configuration: .configuration
            case .recipient: .recipient
            case .uncertain: .uncertain
            }
    }
}
