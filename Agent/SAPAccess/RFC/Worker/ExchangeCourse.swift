/// How far one request has come: it runs, was told to end, or its worker is to be killed.
struct ExchangeCourse {
    enum Stage { case running, cancelling, killed }

    /// What has to be done now.
    enum Step { case cancel, kill, nothing }

    /// From RfcCancel to SIGKILL (DESIGN section 9).
    static let killAfter = Duration.seconds(5)

    private(set) var stage = Stage.running
    /// True where the caller went away, false where the deadline has passed.
    private(set) var isAbandoned = false
    private let isCancellable: Bool
    private var limit: ContinuousClock.Instant
    private let clock = ContinuousClock()

    /// - Parameter isCancellable: false for what RfcCancel cannot end: a logon has no connection yet.
    init(deadline: Duration, isCancellable: Bool = true) {
        self.isCancellable = isCancellable
        limit = clock.now.advanced(by: deadline)
    }

    /// Milliseconds until something has to be done, for `poll`.
    var millisecondsLeft: Int32 {
        let left = clock.now.duration(to: limit)
        if left <= .zero { return 0 }
        return Int32(
            clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
        )
    }

    /// The limit has passed, or the caller went away.
    mutating func interrupt(abandoned: Bool) -> Step {
        switch stage {
        case .running where !isCancellable && !abandoned:
            stage = .killed
            return .kill
        case .running:
            stage = .cancelling
            isAbandoned = abandoned
            limit = clock.now.advanced(by: Self.killAfter)
            // A logon that nobody waits for any more may still end by itself: better than not knowing how it went.
            return isCancellable ? .cancel : .nothing
        case .cancelling where !abandoned:
            stage = .killed
            return .kill
        case .cancelling, .killed: return .nothing
        }
    }
}
