import TestSupport

/// Events per second that are received, processed and ruled, against rows per second that SQLite inserts.
struct BatchBenchmark: Sendable {
    let batches: Int
    let rounds: Int

    /// One relay and what its rounds gave.
    private struct Course {
        let relay: MeasuredRelay
        var maker: BatchMaker
        var received = Rounds()
        var processed = Rounds()
        var whole = Rounds()

        init(path: String, rule: MeasuredRelay.Rule) async throws {
            var maker = try BatchMaker()
            relay = try await MeasuredRelay(path: path, rule: rule, maker: &maker)
            self.maker = maker
        }

        mutating func run(batches: Int) async throws -> [[[UInt8]]] {
            var made: [BatchMaker.Made] = []
            for _ in 0..<batches { made.append(try maker.next()) }
            let receiving = try await relay.receive(made)
            let processing = try await relay.process()
            let events = Double(batches * BatchMaker.size)
            received.add(events / receiving)
            processed.add(events / processing)
            whole.add(events / (receiving + processing))
            return made.map(\.events)
        }
    }

    func figures() async throws -> [Figure] {
        let folder = try TemporaryFolder()
        let bare = try await BareInserts(path: folder.file("bare.db"))
        var quiet = try await Course(path: folder.file("quiet.db"), rule: .quiet)
        var sending = try await Course(path: folder.file("sending.db"), rule: .sending)
        var inserted = Rounds()
        for round in 0..<rounds {
            let rows = try await quiet.run(batches: batches)
            let seconds = try await bare.insert(rows, first: round * batches)
            inserted.add(Double(batches * BatchMaker.size) / seconds)
            _ = try await sending.run(batches: batches)
        }
        try await check(quiet, messages: 0)
        // The order that the relay began with was told too.
        try await check(sending, messages: rounds * batches * BatchMaker.size + 1)
        let against = "bare SQLite: \(Figure.rate(inserted.median, "rows"))"
        func figure(_ what: String, _ rate: Rounds) -> Figure {
            Figure(
                what: what, ratio: rate.ratio(to: inserted), measured: Figure.rate(rate.median, "events"),
                against: against)
        }
        return [
            figure("events received, processed and ruled, none told", quiet.whole),
            figure("  received alone", quiet.received),
            figure("  processed and ruled alone", quiet.processed),
            figure("events received, processed and ruled, each told", sending.whole),
            figure("  processed and ruled alone", sending.processed),
        ]
    }

    private func check(_ course: Course, messages: Int) async throws {
        let events = try await course.relay.count("event")
        let notifications = try await course.relay.count("notification")
        guard events == rounds * batches * BatchMaker.size + 2, notifications == messages else {
            throw BenchmarkError.wrong("\(events) events became \(notifications) notifications")
        }
    }
}
