import Dispatch

/// A thread for calls that block: the cooperative pool never waits on C.
struct Blocking: Sendable {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: "benchmarks.\(name)") }

    /// Runs `body` after what was given before.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
