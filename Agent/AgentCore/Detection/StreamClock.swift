package import Values

/// Where one stream of a feed stands in SAP's time, and what is read next (facts/channel.md 2.5).
///
/// A pure value: T0 comes in, windows and claims come out. It is stored in the spool in the transaction that
/// makes the keys of a window durable, so what it says is true after any crash.
package struct StreamClock: Equatable, Sendable {
    /// Events stamped before this were set down as `baseline`, or lie in front of the relay's first coverage.
    package var origin: LocalDateTime
    /// T0 of the last complete run of each tier.
    package var cursors: [Tier: LocalDateTime]
    /// The last promise: nothing stamped at or before it is expected any more.
    ///
    /// An event inside it is late.
    package var promise: LocalDateTime?
    /// T0 when SAP's clock was seen to have gone back; nil when that is over.
    package var setBack: LocalDateTime?
    package let isDateOnly: Bool
    package let depths: DetectionDepths

    package init(
        origin: LocalDateTime, cursors: [Tier: LocalDateTime], promise: LocalDateTime? = nil,
        setBack: LocalDateTime? = nil, isDateOnly: Bool, depths: DetectionDepths = DetectionDepths(),
    ) {
        self.origin = origin
        self.cursors = cursors
        self.promise = promise
        self.setBack = setBack
        self.isDateOnly = isDateOnly
        self.depths = depths
    }

    /// A stream that nobody has read before: all tiers stand at T0, the keys of `baselineWindow` are seen.
    package static func first(
        at now: LocalDateTime, isDateOnly: Bool, depths: DetectionDepths = DetectionDepths(),
    ) -> StreamClock {
        var cursors: [Tier: LocalDateTime] = [:]
        for tier in Tier.allCases { cursors[tier] = now }
        return StreamClock(origin: now, cursors: cursors, isDateOnly: isDateOnly, depths: depths)
    }

    /// What the first run sets down as seen: as far back as the deepest tier can look.
    package static func baselineWindow(
        at now: LocalDateTime, isDateOnly: Bool, depths: DetectionDepths = DetectionDepths(),
    ) -> (from: LocalDateTime, through: LocalDateTime) {
        (now.moved(by: -depths.nightly), isDateOnly ? now.endOfDay : now)
    }

    /// A stream that another spool has read: each tier starts where the relay's coverage of that tier ends.
    ///
    /// A tier that the relay knows nothing of starts at the lowest of the others: reading too much is harmless.
    /// - Returns: nil when the relay has no coverage at all of the stream.
    package static func takenOver(
        covered: [Tier: LocalDateTime], isDateOnly: Bool, depths: DetectionDepths = DetectionDepths(),
    ) -> StreamClock? {
        guard let lowest = covered.values.min() else { return nil }
        var cursors: [Tier: LocalDateTime] = [:]
        for tier in Tier.allCases { cursors[tier] = covered[tier] ?? lowest }
        return StreamClock(origin: lowest, cursors: cursors, isDateOnly: isDateOnly, depths: depths)
    }

    private var highestCursor: LocalDateTime { cursors.values.max() ?? origin }

    /// Takes notice of SAP's clock: when it is behind the first cursor, that goes back, and the promise with it.
    ///
    /// The autumn night and a restored system look alike: the overlap stays deep until T0 has moved 4 h.
    package mutating func observe(_ now: LocalDateTime) {
        let recent = cursors[.recent] ?? origin
        if now < recent {
            cursors[.recent] = now
            setBack = min(setBack ?? now, now)
            if let old = promise { promise = min(old, promiseAfterRun(at: now)) }
        } else if let fell = setBack, now >= fell.moved(by: depths.setBack) {
            setBack = nil
        }
    }

    /// How far before its cursor `tier` reads, in seconds.
    package func depth(of tier: Tier) -> Int64 {
        switch tier {
        case .recent:
            if isDateOnly { return depths.hourly }
            return setBack == nil ? depths.recent : max(depths.setBack, depths.recent)
        case .hourly: return depths.hourly
        case .nightly: return depths.nightly
        }
    }

    /// Whether `tier` is to run at a poll whose T0 is `now`.
    package func isDue(_ tier: Tier, at now: LocalDateTime) -> Bool {
        guard let cursor = cursors[tier] else { return true }
        let age = now.secondsSinceEpoch - cursor.secondsSinceEpoch
        // A cursor that SAP's clock ran ahead of would keep its tier away until T0 has caught up with it.
        if age < 0 { return true }
        switch tier {
        case .recent: return true
        case .hourly: return age >= depths.hourlyInterval
        case .nightly:
            if age >= depths.nightlyLatest { return true }
            return age >= depths.nightlyInterval
                && depths.night.contains(Int(now.time.secondsSinceMidnight) / 3_600)
        }
    }

    /// One part of a window: a closed range of stamps, and what may be claimed once it is read.
    package struct Slice: Equatable, Sendable {
        package var from: LocalDateTime
        package var through: LocalDateTime
        /// Where the cursor and the claim stand afterwards; nil while that would not move the cursor on.
        package var readTo: LocalDateTime?
        /// Where the claim begins: the lower end of the whole window.
        package var claimFrom: LocalDateTime
    }

    /// The window of `tier` at T0 = `now`, in slices, oldest first.
    ///
    /// `observe` comes before it.
    ///
    /// It reads from the cursor less the depth to the later of T0 and the highest cursor, so that no outage is
    /// longer than a tier and rows stamped ahead of T0 are not left behind.
    package func window(of tier: Tier, at now: LocalDateTime) -> [Slice] {
        let cursor = cursors[tier] ?? origin
        let claimFrom = min(cursor, now).moved(by: -depth(of: tier))
        let end = max(now, highestCursor)
        let through = isDateOnly ? end.endOfDay : end
        var slices: [Slice] = []
        var from = firstStamp(of: tier, from: claimFrom)
        while from <= through {
            let sliceEnd = min(from.moved(by: depths.slice - 1).endOfDay, through)
            let readTo = min(sliceEnd, now)
            let isLast = sliceEnd == through
            slices.append(
                Slice(
                    from: from, through: sliceEnd, readTo: isLast ? now : readTo > cursor ? readTo : nil,
                    claimFrom: claimFrom))
            from = sliceEnd.moved(by: 1)
        }
        return slices
    }

    /// Stamps of dates stand at midnight: the first tier leaves out the day that began before its lower end,
    /// so a poll reads today's keys, and yesterday's until 02:00.
    ///
    /// The wider tiers read that day too, and the promise of a stream of dates rests on the second.
    private func firstStamp(of tier: Tier, from: LocalDateTime) -> LocalDateTime {
        guard isDateOnly else { return from }
        let midnight = LocalDateTime(from.date)
        return tier == .recent && midnight < from ? midnight.moved(by: 86_400) : midnight
    }

    /// Moves the cursor of `tier` after a slice whose every key is durable, and makes the promise.
    package mutating func complete(_ slice: Slice, of tier: Tier) {
        guard let readTo = slice.readTo else { return }
        cursors[tier] = readTo
        let promising: Tier = isDateOnly ? .hourly : .recent
        guard tier == promising else { return }
        let made = promiseAfterRun(at: readTo)
        promise = max(promise ?? made, made)
    }

    /// `read_to` less the depth; for dates the end of the last day that ended more than 26 h before it.
    package func promiseAfterRun(at readTo: LocalDateTime) -> LocalDateTime {
        guard isDateOnly else { return readTo.moved(by: -depth(of: .recent)) }
        return LocalDateTime(readTo.moved(by: -depths.hourly - 1).date).moved(by: -1)
    }

    /// Whether a key with this stamp comes inside what was promised, whichever tier found it.
    package func isLate(_ stamp: LocalDateTime) -> Bool {
        guard let promise else { return false }
        return stamp <= promise
    }
}
