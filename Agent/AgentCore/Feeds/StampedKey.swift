package import Values

/// One key that a stream's query found: which document, stamped when, in which version.
///
/// The ledger keeps (document key, version) of these and tells what is new (DESIGN 4.3).
package struct StampedKey: Hashable, Sendable {
    /// Canonical key of the document, for example EBELN or BELNR+GJAHR, as SAP stores it.
    package let documentKey: String
    /// The stamp that the query selected by, as SAP writes it; 00:00:00 where SAP keeps a date only.
    package let stamp: LocalDateTime
    /// What names the version beside the document: a change document's CHANGENR, UDATE and UTIME joined;
    /// nil for streams whose transitions come once.
    package let version: String?
    /// Columns read along with the key that spare the reader a second read, by name; never part of identity.
    package let hints: [String: String]

    package init(
        documentKey: String, stamp: LocalDateTime, version: String? = nil, hints: [String: String] = [:]
    ) {
        self.documentKey = documentKey
        self.stamp = stamp
        self.version = version
        self.hints = hints
    }

    /// Two keys are the same if document and version are: stamps and hints are how they were found.
    package static func == (left: StampedKey, right: StampedKey) -> Bool {
        left.documentKey == right.documentKey && left.version == right.version
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(documentKey)
        hasher.combine(version)
    }
}
