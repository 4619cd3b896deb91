/// Where unpredictable bytes come from; a closure, so that a test can repeat them.
package struct SecureRandom: Sendable {
    private let source: @Sendable (Int) -> [UInt8]

    /// - Parameter source: called with the count of bytes wanted; must return exactly that many.
    package init(_ source: @escaping @Sendable (Int) -> [UInt8]) { self.source = source }

    /// The operating system's generator (getrandom).
    package static let system = SecureRandom { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// `count` fresh bytes.
    package func bytes(_ count: Int) -> [UInt8] { source(count) }
}
