/// One stream of a feed: a table with entry stamps, or the change documents of an object class.
package struct FeedStream: Hashable, Sendable {
    /// Which rule names the version of what the stream finds (facts/channel.md 2.6).
    package enum Kind: String, Sendable { case once, changeDocument, state }

    /// Unique over all feeds of the agent, `purchase_order.created` for example: it names ledger and coverage.
    package let name: String
    package let kind: Kind
    /// Stamps are dates without a time: tier 1 then reads as far back as tier 2.
    package let isDateOnly: Bool

    /// A stream by its name.
    package init(name: String, kind: Kind, isDateOnly: Bool) {
        self.name = name
        self.kind = kind
        self.isDateOnly = isDateOnly
    }
}
