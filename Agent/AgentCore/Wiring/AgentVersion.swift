/// The version of the agent's programs, as the relay's operator sees it.
package enum AgentVersion {
    /// Kept in step with the agent's CHANGELOG.
    package static let current = "0.1.0"
}
