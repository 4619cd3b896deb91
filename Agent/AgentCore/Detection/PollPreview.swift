internal import ConnectorProtocol
internal import SAPAccess
internal import Values

/// What a poll would find and tell now; nothing is written (`ml-agent poll --once --dry-run`).
package struct PollPreview: Encodable, Equatable, Sendable {
    /// One document that would be told, set aside or watched.
    package struct Document: Encodable, Equatable, Sendable {
        package var document: String
        package var stamp: String
        /// Types of the events it would become; empty where there are none.
        package var events: [String]
        /// Why it would not be told, or not whole; nil where nothing is left open.
        package var open: String?
    }

    /// One stream's window of the first tier.
    package struct Stream: Encodable, Equatable, Sendable {
        package var stream: String
        package var sapTime: String
        package var from: String
        package var through: String
        package var keys: Int
        /// The first start would set all keys down as seen.
        package var isBaseline: Bool
        package var documents: [Document]
    }

    /// Name of the feed.
    package var feed: String
    /// In the order in which they are polled.
    package var streams: [Stream]
}

extension FeedPoller {
    /// Reads what the first tier of each stream would read now, and writes nothing.
    /// - Throws: what SAP, the reader or the spool refused.
    package func preview() async throws -> PollPreview {
        var streams: [PollPreview.Stream] = []
        for stream in reader.streams { streams.append(try await preview(stream)) }
        return PollPreview(feed: reader.feed, streams: streams)
    }

    private func preview(_ stream: FeedStream) async throws -> PollPreview.Stream {
        let now = try await reader.sapNow().local
        // As a poll would begin: where the spool has been, else where the relay's coverage ends.
        let stored = try await spool.streamClock(stream.name, isDateOnly: stream.isDateOnly, depths: depths)
        let covered = try await spool.coverage(of: stream.name).covered
        guard
            var clock = stored
                ?? StreamClock.takenOver(covered: covered, isDateOnly: stream.isDateOnly, depths: depths)
        else {
            let window = StreamClock.baselineWindow(at: now, isDateOnly: stream.isDateOnly, depths: depths)
            let keys = try await reader.keys(stream: stream.name, from: window.from, through: window.through)
            return PollPreview.Stream(
                stream: stream.name, sapTime: now.description, from: window.from.description,
                through: window.through.description, keys: keys.count, isBaseline: true, documents: [])
        }
        clock.observe(now)
        let slices = clock.window(of: .recent, at: now)
        var keys: [StampedKey] = []
        for slice in slices {
            keys += try await reader.keys(stream: stream.name, from: slice.from, through: slice.through)
        }
        let unseen = try await spool.unseen(keys, stream: stream.name)
        var outcomes: [DocumentOutcome] = []
        for start in stride(from: 0, to: unseen.count, by: chunk) {
            let keys = Array(unseen[start..<min(start + chunk, unseen.count)])
            outcomes += await reader.read(keys, stream: stream.name)
        }
        return PollPreview.Stream(
            stream: stream.name, sapTime: now.description, from: (slices.first?.from ?? now).description,
            through: (slices.last?.through ?? now).description, keys: keys.count, isBaseline: false,
            documents: zip(unseen, outcomes).map(PollPreview.Document.init))
    }
}

extension PollPreview.Document {
    init(key: StampedKey, outcome: DocumentOutcome) {
        document = key.documentKey
        stamp = key.stamp.description
        switch outcome {
        case .events(let drafts, _, let watch):
            events = drafts.map(\.type)
            open = watch?.rawValue
        case .notFinal(let reason):
            events = []
            open = reason.rawValue
        case .notVisible:
            events = []
            open = DetectionErrorClass.notVisible
        case .failed(let errorClass, let sentence):
            events = []
            open = "\(errorClass): \(sentence)"
        }
    }
}
