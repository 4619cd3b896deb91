/// What a run came to, by the stand-ins' own ledgers.
package struct Verdict: Sendable, Equatable {
    /// Documents that SAP committed, and facts about them.
    package var documents = 0
    package var facts = 0
    /// Events that the relay journaled for these facts.
    package var journaled = 0
    /// Notifications that exist for them.
    package var notifications = 0
    /// Creates that Twilio accepted, and deliveries that ended well.
    package var accepted = 0
    package var delivered = 0
    /// Notifications that stand as unconfirmed.
    package var unconfirmed = 0
    /// Facts without an event, told facts without a notification, and notifications that nobody accepted and that
    /// do not stand as unconfirmed: each as a sentence.
    package var lost: [String] = []
    /// Facts journaled twice, told facts with two notifications, notifications accepted twice: each as a sentence.
    package var doubled: [String] = []
    /// Events that no fact of SAP's stands behind, notifications that no rule asks for, creates without a notification
    /// or that went elsewhere than theirs says or tell of another document: each as a sentence.
    package var invented: [String] = []
    /// Notifications that were not accepted and stand as unconfirmed.
    package var openEnds: [String] = []
    /// Milliseconds from SAP's commit to Twilio's acceptance, sorted.
    package var latencies: [Int64] = []

    /// A verdict on nothing.
    package init() {}

    /// Nothing lost, doubled or invented.
    package var isClean: Bool { lost.isEmpty && doubled.isEmpty && invented.isEmpty }

    /// Latency that `share` (0 to 1) of the notifications did not exceed, in milliseconds; nil without any.
    package func latency(_ share: Double) -> Int64? {
        guard !latencies.isEmpty else { return nil }
        let index = Int((Double(latencies.count) * share).rounded(.up)) - 1
        return latencies[min(max(index, 0), latencies.count - 1)]
    }
}
