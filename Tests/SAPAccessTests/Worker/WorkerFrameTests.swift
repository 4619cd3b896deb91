import TestSupport
import Testing

@testable import SAPAccess

@Suite("Frames between agent and worker")
struct WorkerFrameTests {
    private static let record: RFCRecord = [
        "TEXT": .text("Schraube, 5 µm 🔩"), "NUMBER": .integer(.min), "BYTES": .bytes([0, 255, 7]),
        "BROKEN": .unreadable(code: 22), "EMPTY": .table([]),
        "HEAD": .record(["A": .text(""), "INNER": .record(["B": .integer(-1)])]),
        "ROWS": .table([
            ["A": .text("1"), "B": .integer(2)], ["A": .text("3"), "C": .bytes([])],
            ["B": .integer(4), "A": .text("5")],
        ]),
    ]

    private static let errors: [SAPAccessError] = [
        .library(path: "/x", problem: .notFound), .library(path: "/x", problem: .notLoadable(reason: "y")),
        .library(path: "/x", problem: .missingSymbol("RfcPing")),
        .library(path: "/x", problem: .icuMissing("z")),
        .library(path: "/x", problem: .tooOld(version: "7200.0.1")),
        .rfc(
            RFCError(
                operation: "F", origin: .call, code: .abapException, group: 1, key: "K", message: "M",
                messageClass: "SV", messageType: "E", messageNumber: "029",
                variables: ["a", "b", "c", "d"])),
        .interface(function: "F", missing: "P"), .selection(table: "T", problem: "p"),
        .value(field: "F", text: "t", expected: "e"), .cut(field: "F"), .missing(field: "F"),
    ]

    private func answered(_ result: WorkerResult) throws -> WorkerResult {
        let answer = WorkerAnswer(result: result, isUsable: true, memoryBytes: 123_456_789_012)
        let read = try WorkerAnswer(answer.frame(7))
        #expect(read.isUsable && read.memoryBytes == 123_456_789_012)
        return read.result
    }

    @Test("Records of every kind of value come back as they were sent")
    func records() throws {
        #expect(try answered(.record(Self.record)) == .record(Self.record))
    }

    @Test("Errors come back with everything that a caller decides by", arguments: errors)
    func comesBack(error: SAPAccessError) throws {
        #expect(try answered(.failed(error)) == .failed(error))
    }

    @Test("A block of rows in pieces is the block", arguments: [1, 40, 1000, 1 << 20])
    func pieces(bytes: Int) throws {
        let texts = (0..<50).flatMap { row in (0..<3).map { "\(row * $0)".utf8 } }
        var ends: [UInt32] = []
        for text in texts { ends.append((ends.last ?? 0) + UInt32(text.count)) }
        let block = try #require(
            TableBlock(columnCount: 3, bytes: texts.flatMap { Array($0) }, ends: ends))
        var whole: TableBlock?
        let pieces = block.pieces(ofBytes: bytes)
        for rows in pieces {
            var writer = FrameWriter()
            writer.put(block, rows: rows)
            var reader = FrameReader(writer.bytes)
            let piece = try reader.takeBlock()
            try reader.end()
            if whole?.append(piece) == nil { whole = piece }
        }
        #expect(whole == block)
        #expect(bytes != 1 || pieces.count == 50)
    }

    @Test("No rows at all are one empty piece")
    func noRows() {
        #expect(TableBlock(columnCount: 2).pieces(ofBytes: 100) == [0..<0])
    }

    @Test("Cut and random bodies end with an error, never with a crash or a huge allocation")
    func nonsense() throws {
        let good = WorkerAnswer(result: .record(Self.record), isUsable: true, memoryBytes: 1).frame(1)
        for length in 0..<good.body.count {
            var cut = good
            cut.body = Array(good.body.prefix(length))
            #expect(throws: FrameError.self) { try WorkerAnswer(cut) }
        }
        var random = SeededRandom(seed: 11)
        for kind in [UInt8(0x80), 0x81, 0x82, 0x83, 0x84, 0x85, 0xE0, 1, 2, 3, 4, 5, 6, 7] {
            for _ in 0..<500 {
                var body = good.body
                for _ in 0..<4 {
                    body[Int.random(in: body.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                let frame = WorkerFrame(kind: kind, number: 1, body: body)
                _ = try? WorkerAnswer(frame)
                _ = try? WorkerRequest(frame)
                var reader = FrameReader(body)
                _ = try? reader.takeBlock()
            }
        }
    }

    @Test("A length beyond the bound, or below a header, is refused before anything is read")
    func lengths() {
        #expect(throws: FrameError.tooLong(0xFFFF_FFFF)) {
            try WorkerFrame.header([0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0])
        }
        #expect(throws: FrameError.malformed) { try WorkerFrame.header([4, 0, 0, 0, 1, 0, 0, 0, 0]) }
    }
}
