/// Rows 21 and 26, and the person's answer to what nobody can tell.
extension NotificationState {
    /// What a person states about a message in the queue.
    package enum PersonWord: Equatable, Sendable {
        /// The provider took it; its name of the message where the person has it.
        case accepted(sid: String?)
        /// The provider did not take it: it is sent, if its time is not over.
        case notSent
        /// Whatever happened, it is not to be sent.
        case closed

        var text: String {
            switch self {
            case .accepted: "accepted"
            case .notSent: "not_sent"
            case .closed: "closed"
            }
        }
    }

    /// Why a person's word was not taken.
    package enum PersonRefusal: String, Error, Equatable, Sendable {
        /// It is not in the person's queue: its state is known, or still being found out.
        case notInQueue = "not_in_queue"
        /// Evidence came in that is not applied yet: look again.
        case evidenceWaiting = "evidence_waiting"
        /// It is not held.
        case notHeld = "not_held"
        /// It was cancelled or superseded.
        case stopped
        /// It was recovered after a restore and is not proposed for release yet.
        case notProposed = "not_proposed"
        /// Another attempt bears that name of a message.
        case nameTaken = "name_taken"
    }

    /// Row 21 and its two siblings; a later proof overrules each of them.
    package mutating func resolve(
        _ word: PersonWord, by person: String, now: Moment, times: SendTimes,
    ) throws(PersonRefusal) -> [NotificationEffect] {
        guard isWithPerson else { throw .notInQueue }
        guard isUpToDate else { throw .evidenceWaiting }
        var effects = [NotificationEffect.audit("resolved", ["word": word.text, "by": person])]
        if case .accepted(let sid) = word {
            let open = attempts.lastIndex { $0.result == .open } ?? attempts.indices.last
            guard let open else { throw .notInQueue }
            effects += accept(open, sid: sid, by: .person, now: now, times: times)
            self.word = Word(word: word.text, by: person, at: now)
            return effects
        }
        closeOpenAttempts(now: now)
        self.word = Word(word: word.text, by: person, at: now)
        if word == .closed {
            end(.failed, at: now)
            return effects + [.audit("failed", ["word": word.text])]
        }
        clearPerson()
        stage = .scheduled
        dueAt = now
        nextLookAt = nil
        return effects + settle(now: now, times: times)
    }

    /// Row 26, and the release of what a cap or a policy holds.
    package mutating func release(
        by person: String, now: Moment, times: SendTimes,
    ) throws(PersonRefusal) -> [NotificationEffect] {
        guard stage == .held else { throw .notHeld }
        guard stop == nil else { throw .stopped }
        guard isUpToDate else { throw .evidenceWaiting }
        guard !recovered || proposed else { throw .notProposed }
        closeOpenAttempts(now: now)
        word = Word(word: "release", by: person, at: now)
        let reason = heldReason ?? ""
        recovered = false
        proposed = false
        heldReason = nil
        stage = .scheduled
        dueAt = now
        return [.audit("released", ["by": person, "held": reason])] + settle(now: now, times: times)
    }

    /// "Not accepted, by person": what a later proof overrules.
    private mutating func closeOpenAttempts(now: Moment) {
        for index in attempts.indices where attempts[index].result == .open {
            attempts[index].close(.notAccepted, by: .person, at: now)
        }
    }
}
