package import SAPAccess
package import Values

/// Why a document is not told yet and is read again later.
package enum WatchReason: String, Hashable, Sendable, CaseIterable {
    /// Held or parked: no business fact yet (EKKO-MEMORY, RBSTAT C or D).
    case held
    /// Waits for its release.
    case awaitingRelease = "awaiting_release"
    /// Received, and not posted yet.
    case awaitingPosting = "awaiting_posting"
}

/// What reading one key gave.
package enum DocumentOutcome: Sendable {
    /// Facts to tell (none, where the key turned out to be of no interest), the masters they name, and a
    /// reason to read the document again, where more can still come of it. Detection reads those masters that
    /// are not fresh (`readMasters`) and puts them before the facts.
    case events([DraftEvent], masters: [MasterReference], watch: WatchReason?)
    /// The document stands, and nothing of it may be told yet.
    case notFinal(WatchReason)
    /// Listed a moment ago and not found now: not committed yet, or archived.
    case notVisible
    /// Could not be read: error class (`not_authorized`, `unreadable`, `unavailable`, ...) and a sentence.
    case failed(errorClass: String, sentence: String)

    /// Whether SAP was not to be had, so that it says nothing about the document.
    var isUnavailable: Bool {
        if case .failed(DetectionErrorClass.unavailable, _) = self { true } else { false }
    }

    /// Whether SAP gave no answer about it, there or not.
    var isUnanswered: Bool {
        if case .failed(DetectionErrorClass.noAnswer, _) = self { true } else { isUnavailable }
    }
}

/// Names one master record that a document needs.
package struct MasterReference: Hashable, Sendable {
    /// Feed of the master: `vendor`, `purchasing_group`, `user`.
    package let feed: String
    /// Its key as SAP stores it, with leading zeros.
    package let key: String

    package init(feed: String, key: String) {
        self.feed = feed
        self.key = key
    }
}

/// What reading one master gave.
package enum MasterOutcome: Sendable {
    case read(DraftEvent)
    /// SAP has no such record.
    case absent
    /// As for documents; the document goes on without it unless the class is `unavailable`.
    case failed(errorClass: String, sentence: String)
}

/// Reads the documents of one feed (the seam on which detection works alone).
package protocol FeedReader: Sendable {
    /// Name of the feed, as in its definition file.
    var feed: String { get }
    /// What detection watches, in the order in which it is polled.
    var streams: [FeedStream] { get }
    /// SAP's own clock, read now.
    func sapNow() async throws -> SAPInstant
    /// Keys of a stream stamped within the closed range, as SAP writes stamps: all of them, or it throws.
    func keys(stream: String, from: LocalDateTime, through: LocalDateTime) async throws -> [StampedKey]
    /// Reads the documents behind keys of one stream: one outcome per key, in the same order.
    ///
    /// Never throws: what concerns one document is its outcome; what concerns the connection is the outcome
    /// `failed` with error class `unavailable` of every key that was not read because of it.
    func read(_ keys: [StampedKey], stream: String) async -> [DocumentOutcome]
    /// Those of watched documents that wait no longer, told by one look at what says that they do.
    ///
    /// A hint alone: what it cannot tell is read by its own schedule. Throws as `keys` does.
    func stirred(_ keys: [StampedKey], stream: String) async throws -> [StampedKey]
    /// Reads masters that documents name: one outcome per reference, in the same order. Never throws, likewise.
    ///
    /// Detection asks only for those that were not read for 15 min, and sends only those that changed.
    func readMasters(_ references: [MasterReference]) async -> [MasterOutcome]
}
