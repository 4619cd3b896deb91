/// Rows 5, 11, 13 to 15 and 20: what providers say about attempts.
extension NotificationState {
    /// Row 11, and the status of row 20: a provider's word about an attempt, which proves its acceptance.
    ///
    /// It counts from every state of lower rank: also where a person, or an earlier answer, said otherwise.
    package mutating func handle(
        _ word: DeliveryWord, of id: AttemptID, by proof: AttemptState.Proof, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        guard let index = index(of: id) else { return [] }
        var effects = accept(index, sid: word.sid, by: proof, now: now, times: times)
        if let reason = word.suppression { effects.append(.suppress(reason: reason)) }
        guard mayRaise(to: word.stage) else {
            if stage.rank >= Stage.undelivered.rank, word.stage.rank >= Stage.undelivered.rank,
                word.stage != stage
            {
                effects.append(.audit("contradicted", ["status": word.status, "state": stage.rawValue]))
            }
            return effects
        }
        providerStatus = word.status
        // A code once seen is never cleared, and never replaced by a later one.
        if let trouble = word.trouble, self.trouble.code == nil { self.trouble = trouble }
        guard word.stage.rank > stage.rank else { return effects }
        stage = word.stage
        closed = nil
        switch stage {
        case .sent: sentAt = now
        case .undelivered, .delivered: end(stage, at: now)
        default: break
        }
        effects.append(.audit(stage.rawValue, ["attempt": "\(id.n)", "by": proof.rawValue]))
        return effects
    }

    /// The first end stays, unless two attempts may have been taken: then delivered beats undelivered.
    private func mayRaise(to target: Stage) -> Bool {
        if stage == .undelivered {
            return target == .delivered && attempts.count { $0.result != .notAccepted } >= 2
        }
        return stage != .delivered && target.rank >= stage.rank
    }

    /// Row 5: an attempt is proved accepted.
    mutating func accept(
        _ index: Int, sid: String?, by proof: AttemptState.Proof, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        let wasOpen = attempts[index].result != .accepted
        if wasOpen { attempts[index].close(.accepted, by: proof, at: now) }
        // "Nobody can say" is over; a refusal with its code stays as what the provider once said.
        if attempts[index].errorCode == nil { attempts[index].errorText = nil }
        if attempts[index].sid == nil { attempts[index].sid = sid }
        if self.sid == nil { self.sid = attempts[index].sid }
        guard stage.rank == 0 else { return [] }
        var detail = ["attempt": "\(attempts[index].id.n)", "by": proof.rawValue]
        if let word { detail["overrules"] = word.word }
        stage = .accepted
        acceptedAt = now
        endedAt = nil
        mayResend = false
        closed = nil
        recovered = false
        proposed = false
        heldReason = nil
        clearPerson()
        // What an earlier attempt was refused for is over; it stands in that attempt's row.
        trouble = Trouble(code: nil, kind: nil, text: nil)
        fetches = 0
        nextLookAt = now + (fetchOffsets(times).first ?? times.lastFetch)
        return [.audit("accepted", detail)]
    }

    /// Rows 13 to 15: what the provider's list showed for the newest attempt.
    ///
    /// - Parameters:
    ///   - id: the newest attempt when the query began.
    ///   - begunAt: when it began, in the present ownership.
    package mutating func handle(
        _ finding: ListFinding, of id: AttemptID, begunAt: Moment, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        let isWaiting = stage == .unconfirmed || (stage == .held && recovered)
        guard isWaiting, let newest, newest.id == id else { return [] }
        switch finding {
        case .found(let word, let owner):
            return handle(word, of: owner, by: .list, now: now, times: times)
        case .nothing:
            if let last = attempts.indices.last { attempts[last].listedAt = begunAt }
            return listedNothing(begunAt: begunAt, now: now, times: times)
        case .unclear(let reason):
            // What came to a person while the list was asked is not asked about any more.
            guard personSince == nil else { return [] }
            nextLookAt = nextListing(after: now, times: times)
            guard let waitUntil, begunAt > waitUntil, isUpToDate else { return [] }
            return giveToPerson(reason, now: now)
        case .unavailable:
            guard personSince == nil else { return [] }
            nextLookAt = max(nextListing(after: now, times: times), now + times.lookupRetry)
            guard let waitUntil, begunAt > waitUntil, now >= deadlineAt, isUpToDate else { return [] }
            return giveToPerson("list_unavailable", now: now)
        }
    }

    /// Row 14; a query that began before the end of the wait says nothing (facts/send.md F6).
    private mutating func listedNothing(
        begunAt: Moment, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        guard stage == .unconfirmed, personSince == nil, !mayResend else { return [] }
        guard let waitUntil, begunAt > waitUntil, isUpToDate else {
            nextLookAt = nextListing(after: now, times: times)
            return []
        }
        return nothingFound(now: now, times: times)
    }

    /// Row 14, for a list as for the e-mail's proof wait: the rule's policy decides.
    mutating func nothingFound(now: Moment, times: SendTimes) -> [NotificationEffect] {
        nextLookAt = nil
        switch policy {
        case .atMostOnce: return giveToPerson("not_found", now: now)
        case .atLeastOnce:
            mayResend = true
            dueAt = now
            return [.audit("may_resend", ["attempt": "\(attempt)"])] + settle(now: now, times: times)
        }
    }

    mutating func giveToPerson(_ reason: String, now: Moment) -> [NotificationEffect] {
        personSince = now
        personReason = reason
        mayResend = false
        nextLookAt = nil
        return [.audit("needs_person", ["attempt": "\(attempt)", "reason": reason])]
    }

    /// Row 20: the message as it was fetched by its name.
    package mutating func handle(
        fetched word: DeliveryWord, of id: AttemptID, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        let effects = handle(word, of: id, by: .fetch, now: now, times: times)
        return effects + fetchedOnce(now: now, times: times)
    }

    /// Row 20 where the provider cannot be asked (e-mail), or does not know the message.
    package mutating func fetchedOnce(now: Moment, times: SendTimes) -> [NotificationEffect] {
        guard stage == .accepted || stage == .sent else { return [] }
        fetches += 1
        let offsets = fetchOffsets(times)
        guard Int(fetches) < offsets.count, let acceptedAt else { return closeWithoutReceipt(now: now) }
        nextLookAt = max(acceptedAt + offsets[Int(fetches)], now)
        return []
    }

    /// Row 20 where the provider did not answer: again later, and closed in the end whatever happens (F7).
    package mutating func notFetched(now: Moment, times: SendTimes) -> [NotificationEffect] {
        guard stage == .accepted || stage == .sent, let acceptedAt else { return [] }
        guard now < acceptedAt + times.lastFetch * 2 else { return closeWithoutReceipt(now: now) }
        nextLookAt = now + times.lookupRetry
        return []
    }

    private mutating func closeWithoutReceipt(now: Moment) -> [NotificationEffect] {
        closed = "no receipt"
        nextLookAt = nil
        return [.audit("no_receipt", ["state": stage.rawValue])]
    }

    /// When an accepted message is fetched, counted from its acceptance.
    private func fetchOffsets(_ times: SendTimes) -> [Duration] {
        guard isListed else { return [times.lastFetch] }
        let validity = Duration.seconds(newest?.validitySeconds ?? 0)
        return [times.firstFetch, validity + times.fetchAfterValidity, times.lastFetch].sorted()
    }

    /// When the list is asked next: soon after the intent in steps, then when the wait is over.
    ///
    /// E-mail has no list; its wait is a time alone.
    func nextListing(after now: Moment, times: SendTimes) -> Moment {
        guard let newest, let waitUntil else { return now + times.lookupRetry }
        let afterWait = waitUntil + .milliseconds(1)
        guard isListed else { return afterWait }
        let early = times.earlyListings.map { newest.intentAt + $0 }.filter { $0 < waitUntil }
        if now > waitUntil { return now + .milliseconds(1) }
        return (early + [afterWait]).first { $0 > now } ?? afterWait
    }
}
