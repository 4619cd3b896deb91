internal import HTTPTransport

/// A provider's Retry-After: seconds, or a date (RFC 9110, section 10.2.3).
enum RetryAfter {
    /// How long to wait, a second at least and a day at most; nil where the answer does not say.
    static func delay(_ response: TransportResponse) -> Duration? {
        guard let text = response.header("retry-after"), !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ 48...57 ~= $0 }) { return bounded(Int64(text) ?? .max) }
        // A date is by the provider's clock, which its answer states.
        guard let until = MailDate.seconds(text), let now = response.header("date").flatMap(MailDate.seconds)
        else { return nil }
        return bounded(until - now)
    }

    private static func bounded(_ seconds: Int64) -> Duration { .seconds(min(max(seconds, 1), 86_400)) }
}
