internal import FoundationEssentials

extension HostClock {
    /// The host's own clock.
    package static let system = HostClock { Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)) }
}
