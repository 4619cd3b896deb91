/// Plays a day: at the pace asked for, each document into the ledger first and then into the tables.
struct DayPlayer: Sendable {
    /// How a day is asked for.
    struct Request: Codable, Hashable, Sendable {
        /// Absent: until the program ends.
        var documents: Int?
        var documentsPerMinute: Double
    }

    let system: ECCSystem
    let ledger: Ledger
    let seed: UInt64
    let progress: DayProgress

    /// Plays one day after the other as they are asked for.
    func run(_ requests: AsyncStream<Request>) async throws {
        var day = BusinessDay(client: system.identity.client, seed: seed)
        for row in Masters(client: system.identity.client).rows { system.put(row.table, row.values) }
        for await request in requests {
            var left = request.documents ?? .max
            let pause = Duration.milliseconds(Int64(60_000 / max(0.1, request.documentsPerMinute)))
            while left > 0, !progress.isToStop {
                try await play(&day)
                progress.step()
                left -= 1
                try await ContinuousClock().sleep(for: pause)
            }
            progress.end()
        }
    }

    private func play(_ day: inout BusinessDay) async throws {
        let now = system.now()
        let stamp = system.stamp(now)
        let step = day.next(stamp)
        let commit = now + step.lateness
        try await ledger.note(step.facts, stamp: stamp.date + stamp.time, committedAt: commit)
        system.tables.put(step.rows, seenFrom: commit)
    }
}
