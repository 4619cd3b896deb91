internal import ConnectorProtocol
internal import Cryptography
internal import SAPAccess
package import Values

/// Polls one feed: SAP's clock, windows, keys, documents, and everything into the spool (DESIGN 4.3).
///
/// It holds no state: whatever it has to remember is in the spool, so a crash between any two of its lines
/// (they are named by `KillPoint`) is a poll that begins again.
package struct FeedPoller: Sendable {
    let reader: any FeedReader
    let spool: Spool
    let depths: DetectionDepths
    private let source: String
    private let relayNow: @Sendable () -> Timestamp
    private let mayGoOn: @Sendable () -> Bool
    private let kill: KillSwitch
    /// Documents read and recorded in one go.
    let chunk = 20
    /// So many of those at most for what is due in pending, and in watch: new documents wait no longer.
    private let dueChunks = 10
    /// Pending documents about which SAP gave no answer before, in each poll.
    private let suspectsAtOnce = 3
    /// Watched documents that are looked at in each poll.
    private let watchedAtOnce = 1_000
    /// A master read within this time is fresh.
    private let masterAge: Duration = .seconds(900)

    /// How a poll ended.
    package enum End: Equatable, Sendable {
        /// Everything that was due is in the spool.
        case finished
        /// The spool is full, and nothing was read.
        case spoolFull
        /// It was no longer allowed to go on; what was recorded before stays.
        case stopped
    }

    /// - Parameters:
    ///   - source: `/sap/PRD/100`, part of every event's id.
    ///   - relayNow: the relay's clock as the agent knows it, which `detected_at` is told by; the host's by default.
    ///   - mayGoOn: asked before each stream and slice: whether the lease still stands.
    package init(
        reader: any FeedReader, spool: Spool, source: String, depths: DetectionDepths = DetectionDepths(),
        relayNow: (@Sendable () -> Timestamp)? = nil, mayGoOn: @escaping @Sendable () -> Bool = { true },
        kill: KillSwitch = .none,
    ) {
        self.reader = reader
        self.spool = spool
        self.source = source
        self.depths = depths
        let clock = spool.clock
        self.relayNow = relayNow ?? { Timestamp(milliseconds: clock.now) }
        self.mayGoOn = mayGoOn
        self.kill = kill
    }

    /// One poll of all streams: each due tier, then what is due in pending and watch.
    ///
    /// What SAP refuses about one stream (a table that is absent, or not allowed, or whose read never ends) stops no
    /// other.
    /// - Throws: what SAP, the reader or the spool refused; what was recorded before stays.
    package func poll() async throws -> End {
        guard try await !spool.isFull() else { return .spoolFull }
        try await spool.detect(source)
        var refusal: SAPAccessError?
        for stream in reader.streams {
            guard mayGoOn() else { return .stopped }
            do {
                let end = try await poll(stream)
                guard end == .finished else { return end }
            } catch let error as SAPAccessError {
                try await checkSystem(after: error)
                refusal = refusal ?? error
            }
            guard mayGoOn() else { return .stopped }
            do {
                try await retryPending(stream)
                try await readWatched(stream)
            } catch let error as SAPAccessError {
                try await checkSystem(after: error)
                refusal = refusal ?? error
            }
        }
        try await answerReadRequests()
        if let refusal { throw refusal }
        return .finished
    }

    /// A call that never ends looks like a SAP that is gone; SAP is asked which of the two it is.
    private func checkSystem(after error: SAPAccessError) async throws {
        if error.concernsConnection { _ = try await reader.sapNow() }
    }

    /// Reads the masters that the relay wants to hear of again, and tells them, changed or not.
    private func answerReadRequests() async throws {
        let asked = try await spool.openReadRequests(limit: chunk)
        guard !asked.isEmpty else { return }
        let begunAt = spool.clock.now
        var events: [SpoolEvent] = []
        var answered: [MasterReference] = []
        for (reference, outcome) in zip(asked, await reader.readMasters(asked)) {
            switch outcome {
            case .read(let draft):
                events.append(sealable(draft, origin: .live, master: reference, begunAt: begunAt))
            case .failed(DetectionErrorClass.unavailable, _): continue
            // SAP has no better answer now: it is asked again later, and does not stand before all others.
            case .absent, .failed: break
            }
            answered.append(reference)
        }
        try await spool.recordMasters(events, answered: answered)
    }

    /// Reads the windows of all tiers that are due; it may stop between two slices, and when the spool is full.
    private func poll(_ stream: FeedStream) async throws -> End {
        let stored = try await spool.streamClock(stream.name, isDateOnly: stream.isDateOnly, depths: depths)
        guard var clock = try await (stored != nil ? stored : begin(stream)) else { return .finished }
        let now = try await reader.sapNow().local
        try kill.reach(.tookSAPTime)
        let before = clock
        clock.observe(now)
        if clock != before { try await spool.storeClock(clock, of: stream.name) }
        for tier in Tier.allCases where clock.isDue(tier, at: now) {
            for slice in clock.window(of: tier, at: now) {
                guard mayGoOn() else { return .stopped }
                guard try await read(slice, of: stream, clock: clock) else { return .spoolFull }
                var completed = clock
                completed.complete(slice, of: tier)
                if try await spool.completeSlice(slice, tier: tier, stream: stream.name, clock: completed) {
                    clock = completed
                }
                try kill.reach(.completedSlice)
            }
        }
        return .finished
    }

    /// Where the relay has coverage a new spool begins there; else what lies in the widest window is baseline.
    /// - Returns: nil while nobody has said yet whether the relay has coverage.
    private func begin(_ stream: FeedStream) async throws -> StreamClock? {
        let coverage = try await spool.coverage(of: stream.name)
        guard coverage.isKnown else { return nil }
        if let clock = StreamClock.takenOver(
            covered: coverage.covered, isDateOnly: stream.isDateOnly, depths: depths)
        {
            try await spool.takeOverStream(stream.name, clock: clock)
            return clock
        }
        let now = try await reader.sapNow().local
        try kill.reach(.tookSAPTime)
        let window = StreamClock.baselineWindow(at: now, isDateOnly: stream.isDateOnly, depths: depths)
        // A day at a time, for it may be much; until the stream has begun, a kill begins it again.
        var from = window.from
        while from <= window.through {
            let through = min(from.moved(by: depths.slice - 1).endOfDay, window.through)
            let keys = try await reader.keys(stream: stream.name, from: from, through: through)
            try kill.reach(.readKeys)
            try await spool.recordBaseline(keys, stream: stream.name)
            from = through.moved(by: 1)
        }
        let clock = StreamClock.first(at: now, isDateOnly: stream.isDateOnly, depths: depths)
        try await spool.beginStream(stream.name, clock: clock, from: window.from)
        try kill.reach(.recordedBaseline)
        return clock
    }

    /// - Returns: false when the spool was full before every key was durable.
    private func read(
        _ slice: StreamClock.Slice, of stream: FeedStream, clock: StreamClock,
    ) async throws -> Bool {
        let found = try await reader.keys(stream: stream.name, from: slice.from, through: slice.through)
        try kill.reach(.readKeys)
        let unseen = try await spool.unseen(found, stream: stream.name).map { key in
            (key: key, origin: clock.isLate(key.stamp) ? Origin.late : .live)
        }
        if stream.kind == .changeDocument { try await readChanged(unseen.map(\.key.documentKey)) }
        var room = spool.limits.checkedBytes
        for start in stride(from: 0, to: unseen.count, by: chunk) {
            if room <= 0 {
                guard try await !spool.isFull() else { return false }
                room = spool.limits.checkedBytes
            }
            let keys = Array(unseen[start..<min(start + chunk, unseen.count)])
            room -= try await record(keys, of: stream, trigger: .window)
            try kill.reach(.recordedDocuments)
        }
        return true
    }

    /// A change document says that its document is worth a look now: what is watched does not wait for its turn,
    /// and its own facts go before those of the change.
    private func readChanged(_ documents: [String]) async throws {
        for stream in reader.streams where stream.kind != .changeDocument {
            let watched = try await spool.watched(documents, stream: stream.name)
            try await record(watched: watched, of: stream, trigger: .watch)
        }
    }

    private func retryPending(_ stream: FeedStream) async throws {
        for _ in 0..<dueChunks {
            let due = try await spool.duePending(stream.name, limit: chunk)
            guard !due.isEmpty, mayGoOn() else { break }
            try kill.reach(.readDuePending)
            try await record(due, of: stream, trigger: .pending)
            try kill.reach(.recordedPending)
            guard due.count == chunk else { break }
        }
        // Each may cost a whole deadline, and the documents that are read with it, too.
        guard mayGoOn() else { return }
        for suspect in try await spool.duePending(stream.name, limit: suspectsAtOnce, suspects: true) {
            try await record([suspect], of: stream, trigger: .pending)
        }
    }

    /// Reads what waits no longer, and then what its time has come for, since not all can be told by one look.
    private func readWatched(_ stream: FeedStream) async throws {
        let watched = try await spool.watched(stream.name, limit: watchedAtOnce)
        var refusal: SAPAccessError?
        if !watched.isEmpty, mayGoOn() {
            do {
                let stirred = try await reader.stirred(watched, stream: stream.name)
                try await record(watched: stirred, of: stream, trigger: .stirred)
            } catch let error as SAPAccessError {
                // The look at all of them saves time only: each is still read when its own time has come.
                try await checkSystem(after: error)
                refusal = error
            }
        }
        for _ in 0..<dueChunks {
            let due = try await spool.dueWatch(stream.name, limit: chunk)
            guard !due.isEmpty, mayGoOn() else { break }
            try await record(watched: due, of: stream, trigger: .watch)
            guard due.count == chunk else { break }
        }
        if let refusal { throw refusal }
    }

    private func record(
        watched: [StampedKey], of stream: FeedStream, trigger: DocumentRecord.Trigger,
    ) async throws {
        for start in stride(from: 0, to: watched.count, by: chunk) {
            let keys = watched[start..<min(start + chunk, watched.count)]
            try kill.reach(.readDueWatch)
            try await record(keys.map { (key: $0, origin: Origin.live) }, of: stream, trigger: trigger)
            try kill.reach(.recordedWatch)
        }
    }

    /// Reads documents and records what came of each.
    ///
    /// Where nothing at all could be read, SAP is asked whether it is there: if not, the poll ends, and what was
    /// found is found again, however much it is.
    /// - Returns: bytes of events that it put into the spool.
    @discardableResult
    private func record(
        _ keys: [(key: StampedKey, origin: Origin)], of stream: FeedStream, trigger: DocumentRecord.Trigger,
    ) async throws -> Int {
        let outcomes = await reader.read(keys.map(\.key), stream: stream.name)
        try kill.reach(.readDocuments)
        if outcomes.allSatisfy(\.isUnavailable) { _ = try await reader.sapNow() }
        var masters = try await MasterBatch(outcomes, reader: reader, spool: spool, age: masterAge)
        var records: [DocumentRecord] = []
        for (index, entry) in keys.enumerated() {
            // A reader that answers for fewer keys than it was asked has not read the others.
            let outcome: DocumentOutcome =
                index < outcomes.count
                ? outcomes[index]
                : .failed(errorClass: DetectionErrorClass.unavailable, sentence: "SAP did not answer for it.")
            records.append(
                DocumentRecord(
                    key: entry.key, trigger: trigger, origin: entry.origin,
                    result: result(of: outcome, origin: entry.origin, masters: &masters)))
        }
        try await spool.record(records, stream: stream.name)
        // A SAP that is too busy for any of several is left in peace for a while.
        if keys.count > 1, outcomes.allSatisfy(\.isUnanswered) {
            throw SAPAccessError.deadline(what: "each read of several documents")
        }
        return records.reduce(0) { $0 + $1.result.eventBytes }
    }

    private func result(
        of outcome: DocumentOutcome, origin: Origin, masters: inout MasterBatch,
    ) -> DocumentRecord.Result {
        switch outcome {
        case .events(let drafts, let references, let watch):
            if let sentence = masters.unavailable(references) {
                return .failed(errorClass: DetectionErrorClass.unavailable, sentence: sentence)
            }
            let events = drafts.map { sealable($0, origin: origin, begunAt: masters.begunAt) }
            guard events.allSatisfy({ $0.bytes.count <= ProtocolLimits.eventBytesLimit }) else {
                return .failed(
                    errorClass: DetectionErrorClass.tooLarge,
                    sentence: "The document is over 1 MiB as an event.")
            }
            let before = masters.take(references).map {
                sealable($0.draft, origin: origin, master: $0.reference, begunAt: masters.begunAt)
            }
            // A document goes on without a master that no batch can hold.
            return .told(
                before.filter { $0.bytes.count <= ProtocolLimits.eventBytesLimit } + events, watch: watch)
        case .notFinal(let reason): return .told([], watch: reason)
        case .notVisible:
            return .failed(
                errorClass: DetectionErrorClass.notVisible, sentence: "SAP does not show the document yet.")
        case .failed(let errorClass, let sentence):
            return .failed(errorClass: errorClass, sentence: sentence)
        }
    }

    private func sealable(
        _ draft: DraftEvent, origin: Origin, master: MasterReference? = nil, begunAt: Int64,
    ) -> SpoolEvent {
        let version: Event.Version =
            switch draft.version {
            case .once: .named("1")
            case .changeDocument(let number): .named(number)
            case .reading(let state, let begun, let ended, let created):
                .reading(Reading(state: state, begun: begun, ended: ended, created: created))
            }
        let event = Event(
            source: source, type: draft.type, subject: draft.subject, businessKey: draft.businessKey,
            transition: draft.transition, version: version, origin: origin,
            time: EventTime(
                stamp: draft.time, precision: draft.timeIsDateOnly ? .day : .second,
                offsetSeconds: draft.offsetSeconds),
            detectedAt: relayNow(), schema: draft.schema.digest,
            data: draft.data,
            reference: draft.reference, feed: master?.feed ?? reader.feed)
        let state = event.reading.map { reading in
            SpoolEvent.State(
                kind: master?.feed ?? draft.type, key: master?.key ?? draft.businessKey,
                digest: SHA256.hash(reading.state), begunAt: begunAt)
        }
        return SpoolEvent(bytes: event.bytes, id: event.id, schema: draft.schema, state: state)
    }
}
