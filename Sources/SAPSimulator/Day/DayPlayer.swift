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
        var commits: [String: Double] = [:]
        for await request in requests {
            var left = request.documents ?? .max
            let pause = Duration.milliseconds(Int64(60_000 / max(0.1, request.documentsPerMinute)))
            let clock = ContinuousClock()
            var next = clock.now
            while left > 0, !progress.isToStop {
                try await play(&day, &commits)
                progress.step()
                left -= 1
                // From step to step, so that what a step takes does not slow the day down.
                next = max(next.advanced(by: pause), clock.now)
                try await clock.sleep(until: next)
            }
            progress.end()
        }
    }

    /// - Parameter commits: when each document was committed last. SAP locks a document until then, so nothing that
    ///   touches it is seen before.
    private func play(_ day: inout BusinessDay, _ commits: inout [String: Double]) async throws {
        let stamp = system.stamp(system.now())
        let step = day.next(stamp)
        let documents = step.documents
        let commit = documents.compactMap { commits[$0] }.reduce(system.instant() + step.lateness, max)
        for document in documents { commits[document] = commit }
        try await ledger.note(step, stamp: stamp.date + stamp.time, committedAt: commit)
        system.tables.put(step.rows, seenFrom: commit)
    }
}
