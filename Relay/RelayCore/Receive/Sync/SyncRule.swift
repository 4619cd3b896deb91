/// What a sync's token and process instance say about the machine that shows them (facts/channel.md 2.4).
struct SyncRule {
    /// What this key showed before.
    struct Known: Sendable {
        /// The token that was handed out last; nil before the first.
        var token: [UInt8]?
        var requestID: [UInt8]?
        /// The process that spoke last, and the one that spoke before it.
        var process: [UInt8]?
        var processBefore: [UInt8]?
        /// When the newest request was made, as the agent said.
        var newestCreated: Moment?
    }

    enum Verdict: Equatable {
        /// The last token, or the first of this key: it may have the lease.
        case current
        /// The last request again: its answer was lost.
        case again
        /// An older token: a machine that was cloned or set back.
        case olderToken
        /// A process speaks again after its successor: two of them run.
        case olderProcess
        /// A request that was under way for long, from before the newest one: nobody waits for its answer.
        case late
    }

    static func verdict(
        token: [UInt8], requestID: [UInt8], process: [UInt8], created: Moment, known: Known,
    ) -> Verdict {
        guard let last = known.token else { return .current }
        if requestID == known.requestID { return .again }
        let isLate = known.newestCreated.map { created < $0 } ?? false
        if process == known.processBefore, process != known.process { return isLate ? .late : .olderProcess }
        if token == last { return .current }
        return isLate ? .late : .olderToken
    }
}
