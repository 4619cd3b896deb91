internal import Cryptography

/// The hash chain over a tenant's audit entries.
///
/// A link is SHA-256 over the line `ml-connector audit 1`, a line feed, and these parts, each behind its length in
/// four bytes, big-endian: the link before it (32 zero bytes before the first), the number (decimal digits), the
/// entry's id, its time (milliseconds since 1970, decimal digits), actor, action, subject and detail.
enum AuditChain {
    /// What stands before the first link.
    static let start = [UInt8](repeating: 0, count: 32)

    /// One entry as its row has it.
    struct Link: Sendable {
        let entry: [UInt8]
        let at: Moment
        let actor: String
        let action: String
        let subject: String
        let detail: String
    }

    /// The link of the entry with this number.
    static func link(after previous: [UInt8], number: Int64, _ link: Link) -> Digest32 {
        var bytes = Array("ml-connector audit 1\n".utf8)
        let parts = [
            previous, Array(String(number).utf8), link.entry, Array(String(link.at.milliseconds).utf8),
            Array(link.actor.utf8), Array(link.action.utf8), Array(link.subject.utf8),
            Array(link.detail.utf8),
        ]
        for part in parts {
            let length = UInt32(part.count)
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(length >> shift & 255)) }
            bytes += part
        }
        return SHA256.hash(bytes)
    }
}
