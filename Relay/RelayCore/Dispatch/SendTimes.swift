/// All times of sending, settings with the defaults of DESIGN.md section 9.
///
/// The safety of facts/send.md rests on ``startLimit`` + ``requestTimeout`` ≤ ``sendLease``; the rest is pace.
package struct SendTimes: Equatable, Sendable {
    /// For one whole request to a provider; then the connection is reset.
    package var requestTimeout = Duration.seconds(30)
    /// From before the intent is sent to the database to the first byte of the transfer, by the monotonic clock.
    package var startLimit = Duration.seconds(40)
    /// How long an attempt is protected from the sweep.
    package var sendLease = Duration.seconds(90)
    /// ValidityPeriod of a create; less where a third of what is left to the deadline is less.
    package var validity = Duration.seconds(900)
    /// How much later than its create a message may show up in the provider's list.
    package var listLag = Duration.seconds(900)
    /// How long an e-mail without an answer waits for its `processed` event, from the end of the send lease.
    package var mailProofWait = Duration.seconds(600)
    /// After the intent: when a list is asked for an unconfirmed message before its wait is over.
    ///
    /// What it finds counts, what it does not find does not.
    package var earlyListings: [Duration] = [.seconds(30), .seconds(120), .seconds(600)]
    /// How long a list or fetch that told nothing waits for the next try.
    package var lookupRetry = Duration.seconds(30)
    /// After acceptance: the first look for a message that nobody called back about (facts/send.md F7).
    package var firstFetch = Duration.seconds(3_600)
    /// After the validity period: another one.
    package var fetchAfterValidity = Duration.seconds(600)
    /// After acceptance: the last one; then the message is closed as "no receipt".
    package var lastFetch = Duration.seconds(86_400)
    /// First step of the exponential back-off; each delay is drawn between nothing and the step (full jitter).
    package var backoffBase = Duration.seconds(1)
    /// Greatest step of the back-off.
    package var backoffLimit = Duration.seconds(300)
    /// The longest that a provider's Retry-After is obeyed (case C154).
    package var retryAfterLimit = Duration.seconds(3_600)
    /// How long a notification waits after an error that somebody has to correct at the provider.
    package var configurationDelay = Duration.seconds(900)
    /// How long a dead account rests before one message tries it again; doubles up to ``backoffLimit``.
    package var breakerRest = Duration.seconds(15)
    /// Requests in a row without any answer that make an account dead.
    package var breakerLimit = 5
    /// Requests at once per provider account.
    package var concurrency = 8
    /// How far the wall clock may run from the monotonic one before it counts as set.
    package var clockTolerance = Duration.seconds(5)
    /// A pause longer than this makes `resume` ask what to do with what waits.
    package var askAfterPause = Duration.seconds(3_600)

    package init() {}

    /// Row 1: a list that is asked after this moment and shows nothing says that the attempt was not taken.
    ///
    /// An e-mail has no list and no validity: it waits for its proof alone.
    package func waitUntil(lease: Moment, validitySeconds: Int64, isListed: Bool) -> Moment {
        isListed ? lease + .seconds(validitySeconds) + listLag : lease + mailProofWait
    }

    /// Whether a message that got lost can be sent a second time before its deadline (facts/send.md R2).
    package func leavesRoomForSecondSend(within deadline: Duration, isListed: Bool) -> Bool {
        let start = Moment(milliseconds: 0)
        let end = start + deadline
        let validity = validitySeconds(now: start, deadline: end)
        return waitUntil(lease: start + sendLease, validitySeconds: validity, isListed: isListed) < end
    }

    /// ValidityPeriod of a create at `now`: whole seconds, at least 1.
    package func validitySeconds(now: Moment, deadline: Moment) -> Int64 {
        let third = deadline.since(now) / 3
        return max(1, min(validity, third).components.seconds)
    }
}
