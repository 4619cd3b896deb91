/// The name of a tenant, the first part of every key: 1 to 64 lower-case letters, digits and hyphens.
package struct TenantID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as it stands in the database.
    package let text: String

    /// The tenant that `ml-relay init` makes.
    package static let first = TenantID(unchecked: "default")

    /// Nil where `text` is no name of a tenant.
    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard allowed, (1...64).contains(text.utf8.count), !text.hasPrefix("-") else { return nil }
        self.text = text
    }

    /// A name that was read from the database, where it was checked when it was written.
    init(unchecked text: String) { self.text = text }

    package var description: String { text }
    package static func < (left: TenantID, right: TenantID) -> Bool { left.text < right.text }
}
