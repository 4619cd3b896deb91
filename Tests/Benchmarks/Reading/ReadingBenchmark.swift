import Logging
import SAPAccess
import TestSupport
import WholeChain

/// Rows per second by RFC_READ_TABLE: a bare C loop, the bridge in one process, and a worker's pipe, in turn.
struct ReadingBenchmark: Sendable {
    let programs: ChainPrograms
    let rows: Int
    let rounds: Int

    private static let calls = 4
    private static let columns = [
        "EBELN", "BUKRS", "BSTYP", "BSART", "AEDAT", "ERNAM", "LIFNR", "EKORG", "EKGRP", "WAERS", "BEDAT",
    ]

    /// One way to read: seconds by the wall clock and of the processor.
    private struct Course {
        var rate = Rounds()
        var processor = Rounds()

        mutating func add(rows: Int, wall: Double, processor seconds: Double) {
            rate.add(Double(rows) / wall)
            processor.add(seconds / Double(rows) * 1e6)
        }
    }

    func figures() async throws -> [Figure] {
        try await SAPStandIn.run(programs: programs) { sap in
            try await sap.fill(rows: rows)
            let pool = try sap.pool(programs: programs)
            return try await withThrowingTaskGroup(of: [Figure]?.self) { group in
                group.addTask {
                    try await pool.run()
                    return nil
                }
                group.addTask { try await measure(sap, pool) }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        }
    }

    private func measure(_ sap: SAPStandIn, _ pool: RFCWorkerPool) async throws -> [Figure] {
        let bare = BareLoop(sap: sap, library: programs.library, columns: Self.columns, calls: Self.calls)
        let direct = TableReader(backend: try await InProcessBackend(sap: sap))
        let piped = TableReader(backend: RFCBackend(pool: pool))
        // The dictionary is asked once for good, and the worker logs on.
        for reader in [direct, piped] { _ = try await read(reader) }
        var (loop, bridge, pipe) = (Course(), Course(), Course())
        for _ in 0..<rounds {
            var before = ProcessorTime.seconds()
            let result = try await bare.read()
            loop.add(
                rows: try checked(result.rows), wall: result.seconds,
                processor: ProcessorTime.seconds() - before)
            before = ProcessorTime.seconds()
            let (found, wall) = try await timed(direct)
            bridge.add(rows: found, wall: wall, processor: ProcessorTime.seconds() - before)
            let workers = pool.workerIDs
            before = ProcessorTime.seconds(with: workers)
            let (through, pipeWall) = try await timed(piped)
            pipe.add(rows: through, wall: pipeWall, processor: ProcessorTime.seconds(with: workers) - before)
        }
        return figures("the bridge in one process", bridge, loop) + figures("a worker's pipe", pipe, loop)
    }

    private func figures(_ way: String, _ course: Course, _ loop: Course) -> [Figure] {
        [
            Figure(
                what: "RFC_READ_TABLE through \(way)", ratio: course.rate.ratio(to: loop.rate),
                measured: Figure.rate(course.rate.median, "rows"),
                against: "bare C loop: \(Figure.rate(loop.rate.median, "rows"))"),
            Figure(
                what: "  its processor time, the stand-in's aside",
                ratio: course.processor.ratio(to: loop.processor),
                measured: Self.microseconds(course.processor.median),
                against: "bare C loop: \(Self.microseconds(loop.processor.median))"),
        ]
    }

    private static func microseconds(_ value: Double) -> String {
        "\(Double((value * 100).rounded()) / 100) µs/row"
    }

    private func timed(_ reader: TableReader) async throws -> (rows: Int, seconds: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        var found = 0
        for _ in 0..<Self.calls { found += try await read(reader) }
        return (try checked(found), start.duration(to: clock.now).seconds)
    }

    /// Reads the table and takes every cell, as a feed does.
    private func read(_ reader: TableReader) async throws -> Int {
        let found = try await reader.read(
            TableQuery(table: "EKKO", columns: Self.columns, condition: .everything, rowLimit: rows))
        var bytes = 0
        for row in found {
            for column in Self.columns { bytes += try row.text(column).utf8.count }
        }
        guard bytes >= found.count * 10 else { throw BenchmarkError.wrong("rows without their number") }
        return found.count
    }

    private func checked(_ found: Int) throws -> Int {
        guard found == rows * Self.calls else {
            throw BenchmarkError.wrong("\(found) rows instead of \(rows * Self.calls)")
        }
        return found
    }
}
