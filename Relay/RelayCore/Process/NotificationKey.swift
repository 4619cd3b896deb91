internal import Cryptography

/// What makes two notifications one: rule, message, dedup value and whom the document means (DESIGN.md 6.4).
///
/// Nothing of it depends on the directory or the clock, so that a relay that was restored gives a notification the
/// same id again, and callbacks find it (facts/send.md F15).
struct NotificationKey: Hashable, Sendable {
    /// Unique per tenant, kept 400 days.
    let dedup: Digest32

    /// - Parameters:
    ///   - notify: which of the rule's `notify` entries.
    ///   - value: the event's id, or the values of the rule's dedup fields.
    ///   - asked: the party that the document names; nil where it names none.
    ///   - further: empty for the first recipient of `asked`; for others what tells them apart.
    init(
        tenant: TenantID, rule: String, notify: Int, role: String, value: String, asked: PartyReference?,
        further: String,
    ) {
        var bytes = Array("ml-connector notification 1\n".utf8)
        let parts = [tenant.text, rule, "\(notify)", role, value, asked?.description ?? "", further]
        for part in parts {
            let text = Array(part.utf8)
            // Each part behind its length: no two keys share their bytes.
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: text.count >> shift))
            }
            bytes += text
        }
        dedup = SHA256.hash(bytes)
    }

    /// The notification's id in a generation, 32 hexadecimal digits.
    ///
    /// - Parameter generation: 0; above it replays, fallbacks and escalations.
    func id(generation: Int64 = 0) -> String {
        let digest = SHA256.hash(parts: [dedup.bytes, Array("generation \(generation)".utf8)])
        return Hexadecimal.encode(digest.bytes.prefix(16))
    }
}
