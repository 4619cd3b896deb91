/// What a scheduler, or a person, may do about a failure.
package enum FailureKind: String, Hashable, Sendable, CaseIterable {
    /// It may pass by itself: try again later.
    case transient
    /// It will fail the same way again.
    case permanent
    /// Somebody has to change a setting, a secret or a permission.
    case configuration
    /// The one it was meant for cannot be reached, or does not want it.
    case recipient
    /// Nobody knows whether it happened: find out before doing it again.
    case uncertain
}
