import Foundation
import Synchronization

/// The simulator's time: the system's, moved by what the control API was told.
package final class SimulatorClock: Sendable {
    private let offsetMs = Mutex<Int64>(0)

    /// The system's time.
    package init() {}

    /// Milliseconds since 1970-01-01 UTC.
    var nowMs: Int64 { Int64(Date().timeIntervalSince1970 * 1000) + offsetMs.withLock { $0 } }

    /// Moves the time forward.
    func advance(ms: Int64) { offsetMs.withLock { $0 += ms } }

    /// `Thu, 24 Aug 2023 05:01:45 +0000`, as the 2010 API writes times.
    static func rfc2822(_ milliseconds: Int64) -> String {
        format(milliseconds, "EEE, dd MMM yyyy HH:mm:ss '+0000'")
    }

    /// `2023-08-24T05:01:45Z`, as the newer APIs write times.
    static func iso8601(_ milliseconds: Int64) -> String { format(milliseconds, "yyyy-MM-dd'T'HH:mm:ss'Z'") }

    /// `2308240501`, as carriers' receipts write times: no zone, no seconds.
    static func deliveryReceipt(_ milliseconds: Int64) -> String { format(milliseconds, "yyMMddHHmm") }

    private static func format(_ milliseconds: Int64, _ pattern: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = pattern
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }
}
