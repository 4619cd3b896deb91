/// What `ml-relay audit verify` found.
package struct AuditReport: Hashable, Sendable, Codable {
    /// One thing that was erased on request; the proof of everything else stands.
    package struct Erased: Hashable, Sendable, Codable {
        /// `event 3 of batch 17`, `body of callback 4`.
        package let what: String
        /// RFC 3339.
        package let at: String
        package let by: String

        package init(what: String, at: String, by: String) {
            self.what = what
            self.at = at
            self.by = by
        }
    }

    /// The first link that does not hold.
    package struct Break: Hashable, Sendable, Codable, Error {
        /// `audit entry 12`, `batch 17`, `event 3 of batch 17`.
        package let link: String
        /// What does not hold.
        package let sentence: String

        package init(_ link: String, _ sentence: String) {
            self.link = link
            self.sentence = sentence
        }
    }

    /// Audit entries whose links hold.
    package var entries = 0
    /// Entries that the tenant's node has not numbered yet.
    package var unsealed = 0
    /// Batches whose signature, manifest and place in their lineage hold.
    package var batches = 0
    /// Events whose bytes and salt are what their manifest says.
    package var leaves = 0
    /// Callbacks whose bodies are what the log says.
    package var callbacks = 0
    /// Heads that agents keep, and that stand in the chain.
    package var heads = 0
    /// What was erased on request.
    package var erased: [Erased] = []
    /// The first broken link; nil where everything holds.
    package var broken: Break?

    /// Nothing looked at yet.
    package init() {}
}
