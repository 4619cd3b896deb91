/// A webhook's address taken apart: `/w/{webhook}`, for Twilio with `/{notification}/{attempt}/{nonce}` behind it.
struct WebhookTarget: Equatable, Sendable {
    /// Which attempt a callback says it is about; believed only with its nonce.
    struct Attempt: Equatable, Sendable {
        let notification: String
        let n: Int64
        let nonce: String
    }

    /// The random id that selects tenant and account.
    let webhook: String
    let attempt: Attempt?

    /// Nil where the path is no webhook's.
    init?(_ target: String) {
        let path = target.prefix { $0 != "?" && $0 != "#" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 || parts.count == 6, parts[0].isEmpty, parts[1] == "w",
            parts[2...].allSatisfy({ (1...64).contains($0.utf8.count) })
        else { return nil }
        webhook = parts[2]
        guard parts.count == 6 else {
            attempt = nil
            return
        }
        guard let n = Int64(parts[4]), n > 0 else { return nil }
        attempt = Attempt(notification: parts[3], n: n, nonce: parts[5])
    }
}
