internal import Synchronization

/// Counts what was received and refused, by dotted name (`batch.refused.fork`, `webhook.unsigned`).
///
/// Names are made of this program's own words only, so there are never more than a few dozen.
package final class ReceiveCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// All at zero.
    package init() {}

    /// One more of `name`.
    package func add(_ name: String, _ count: Int = 1) {
        counts.withLock { $0[name, default: 0] += count }
    }

    /// How many of `name` there were since the process started.
    package subscript(name: String) -> Int { counts.withLock { $0[name] ?? 0 } }

    /// All counts by name.
    package var all: [String: Int] { counts.withLock { $0 } }
}
