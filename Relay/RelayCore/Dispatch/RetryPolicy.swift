package import Messaging

/// Turns a transfer's report into what the machine needs: the proof, and when another attempt may follow.
package struct RetryPolicy: Sendable {
    let catalogue: ErrorCatalogue
    let times: SendTimes
    let jitter: @Sendable () -> Double

    package init(catalogue: ErrorCatalogue, times: SendTimes, jitter: @escaping @Sendable () -> Double) {
        self.catalogue = catalogue
        self.times = times
        self.jitter = jitter
    }

    /// Codes that say that the account itself cannot send now: its circuit breaker opens at once.
    package static let accountCodes: Set<String> = [
        "20003", "20005", "20006", "20008", "20011", "20404", "10002", "30002", "401", "403",
    ]

    /// The outcome of a report.
    ///
    /// What never left, 429 and errors of the configuration do not count against the limit of attempts: the
    /// deadline bounds them, and a provider that is down for hours must not turn alerts into failures.
    /// - Parameter tries: how many attempts the notification has had, this one included.
    package func outcome(
        _ report: SendReport, provider: ProviderAccount.Provider, tries: Int,
    ) -> AttemptOutcome {
        func outcome(
            _ proof: AttemptOutcome.Proof, _ word: String, isFromAnswer: Bool = true,
            trouble: NotificationState.Trouble? = nil,
        ) -> AttemptOutcome {
            AttemptOutcome(
                proof, word: word, isFromAnswer: isFromAnswer, trouble: trouble,
                httpStatus: report.httpStatus, answer: report.answer,
                startedAt: report.startedAtMilliseconds.map(Moment.init(milliseconds:)))
        }
        switch report.outcome {
        case .accepted(let reference): return outcome(.accepted(sid: reference), "accepted")
        case .ambiguous(let reason):
            let trouble = NotificationState.Trouble(
                code: nil, kind: nil, text: "Nobody can say yet whether it was taken (\(reason)).")
            return outcome(
                .ambiguous, "ambiguous", isFromAnswer: report.httpStatus != nil, trouble: trouble)
        case .notLeft(let reason):
            let trouble = NotificationState.Trouble(
                code: nil, kind: .retryable,
                text: "The provider was not reached (\(reason)). Check network and address.")
            return outcome(
                .notAccepted(.later(after: backoff(tries), burns: false)), "not_left", isFromAnswer: false,
                trouble: trouble)
        case .retryable(let code, let after):
            let isPace = report.httpStatus == 429
            let asked = isPace ? min(after, times.retryAfterLimit) : after
            // Never before what was asked for; spread behind it, so that not all come back at once.
            let delay = asked + min(backoff(tries), asked)
            return outcome(
                .notAccepted(.later(after: delay, burns: !isPace)), "retryable",
                trouble: trouble(code, .retryable, provider))
        case .permanent(let code, .configuration):
            let delay = times.configurationDelay * (0.5 + jitter() / 2)
            return outcome(
                .notAccepted(.later(after: delay, burns: false)), "permanent",
                trouble: trouble(code, .configuration, provider))
        case .permanent(let code, let kind):
            let isAddress = kind == .recipient || kind == .optOut
            return outcome(
                .notAccepted(.never(isOptOut: kind == .optOut)), "permanent",
                trouble: trouble(code, isAddress ? .recipient : .permanent, provider))
        }
    }

    /// The catalogue's words about a code that came later, in a callback or with a fetched message.
    package func trouble(twilioCode code: Int) -> NotificationState.Trouble {
        let entry = catalogue.twilio(code)
        let kind: TroubleClass =
            switch entry?.kind {
            case .recipient, .optOut: .recipient
            case .configuration: .configuration
            case .retry, .retryOnce: .retryable
            default: .permanent
            }
        return trouble("\(code)", kind, .twilio)
    }

    /// Whether a late code says that the recipient does not want messages of this sender.
    package func isOptOut(twilioCode code: Int) -> Bool { catalogue.twilio(code)?.kind == .optOut }

    /// Exponential, with full jitter: between nothing and the step.
    package func backoff(_ tries: Int) -> Duration {
        let step = min(times.backoffLimit, times.backoffBase * (1 << min(max(tries, 1) - 1, 20)))
        return step * jitter()
    }

    private func trouble(
        _ code: String, _ kind: TroubleClass, _ provider: ProviderAccount.Provider,
    ) -> NotificationState.Trouble {
        let number = Int(code)
        let entry = number.flatMap { provider == .twilio ? catalogue.twilio($0) : catalogue.sendGrid($0) }
        let text =
            entry.map { "\($0.text) \($0.remedy)" }
            ?? "The provider refused with a code that the catalogue does not know. Look it up at the provider."
        return NotificationState.Trouble(code: code, kind: kind, text: text)
    }
}
