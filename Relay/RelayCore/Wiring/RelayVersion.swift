/// Version of the relay's program.
package enum RelayVersion {
    /// Semantic version.
    package static let text = "0.1.0"
}
