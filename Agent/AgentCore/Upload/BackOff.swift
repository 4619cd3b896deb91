package import Cryptography

/// How long to wait before the next try: exponential, with full jitter, never less than the relay asked for.
package struct BackOff: Equatable, Sendable {
    /// Bound of the first wait.
    package let first: Duration
    /// No wait of our own is longer.
    package let most: Duration
    /// A longer `Retry-After` is not believed.
    package let longestAsked: Duration
    /// Failures in a row.
    package private(set) var failures = 0

    package init(
        first: Duration = .seconds(1), most: Duration = .seconds(60),
        longestAsked: Duration = .seconds(600),
    ) {
        self.first = first
        self.most = most
        self.longestAsked = longestAsked
    }

    /// Counts a failure.
    /// - Parameter asked: the relay's `Retry-After`.
    /// - Returns: anything from 50 ms to the bound, which doubles with each failure; behind `asked` where that
    ///   was said.
    package mutating func fail(asked: Duration? = nil, random: SecureRandom) -> Duration {
        failures += 1
        let bound = min(most, first * (1 << min(failures - 1, 16)))
        let drawn = random.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let jitter = max(.milliseconds(50), bound * (Double(drawn) / Double(UInt32.max)))
        guard let asked else { return jitter }
        return min(max(asked, .zero), longestAsked) + min(jitter, .seconds(1))
    }

    /// Forgets the failures.
    package mutating func succeed() { failures = 0 }
}
