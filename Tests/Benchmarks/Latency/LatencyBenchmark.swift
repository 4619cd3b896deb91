import SQLStore
import WholeChain

/// Time from SAP's commit to Twilio's acceptance through all four programs.
struct LatencyBenchmark: Sendable {
    let programs: ChainPrograms
    let documents: Int

    private static let pollSeconds = 1
    private static let documentsPerMinute = 120.0

    func figures() async throws -> [Figure] {
        var settings = ChainSettings()
        settings.pollSeconds = Self.pollSeconds
        let (verdict, detected) = try await KeptFolder.use { [settings] folder in
            try await Chain.run(folder: folder, settings: settings, programs: programs) { chain in
                try await play(chain)
                return (try await chain.verdict(), try await Self.fromDetection(chain))
            }
        }
        return try [0.5, 0.99].flatMap { try figures(at: $0, verdict, detected) }
    }

    /// A day of so many documents, until every message of theirs was accepted.
    private func play(_ chain: Chain) async throws {
        try await chain.waitForFirstPoll()
        try await chain.startDay(documents: documents, perMinute: Self.documentsPerMinute)
        try await chain.wait(for: "the end of the day", within: .seconds(600)) {
            try await !chain.dayProgress().isRunning
        }
        try await chain.wait(
            for: "the acceptance of every message", within: .seconds(180), every: .seconds(1)
        ) {
            let verdict = try await chain.verdict()
            return verdict.isClean && verdict.accepted == verdict.notifications
        }
    }

    private func figures(at share: Double, _ verdict: Verdict, _ detected: [Int64]) throws -> [Figure] {
        var rest = Verdict()
        rest.latencies = detected
        guard let whole = verdict.latency(share), let within = rest.latency(share) else {
            throw BenchmarkError.wrong("nothing was accepted")
        }
        let poll = Int64(Self.pollSeconds * 1_000)
        // Commits fall anywhere between two polls: half of them wait for half an interval or less.
        let waited = share == 0.5 ? poll / 2 : poll
        let name = share == 0.5 ? "p50" : "p99"
        func figure(_ what: String, _ milliseconds: Int64) -> Figure {
            Figure(
                what: what, ratio: Double(milliseconds) / Double(poll), measured: "\(milliseconds) ms",
                against: "poll interval: \(poll) ms")
        }
        return [
            figure("SAP commit to Twilio acceptance, \(name)", whole),
            figure("  less the wait for the poll (\(waited) ms)", whole - waited),
            figure("  from the event's detection on, \(name)", within),
        ]
    }

    /// Milliseconds from the moment at which the agent had an event to the acceptance of what it led to, sorted.
    private static func fromDetection(_ chain: Chain) async throws -> [Int64] {
        let relay = try await SQLiteDatabase.openReadOnly(path: chain.folder.file("relay.db"))
        let rows = try await relay.read { connection in
            try connection.query(
                """
                SELECT n.notification, e.detected_at
                FROM notification n JOIN event e ON e.tenant = n.tenant AND e.event = n.event
                """
            ).map { (notification: try $0.text(0), at: try $0.integer(1)) }
        }
        await relay.close()
        let detected = Dictionary(rows.map { ($0.notification, $0.at) }) { first, _ in first }
        let ledger = try await TwilioLedger(path: chain.folder.file("twilio.db"))
        let accepted = try await ledger.accepted()
        await ledger.close()
        return accepted.compactMap { create in
            detected[create.notification].map { create.atMilliseconds - $0 }
        }.sorted()
    }
}
