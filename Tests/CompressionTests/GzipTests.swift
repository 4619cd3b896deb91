import Compression
import TestSupport
import Testing

@Suite("gzip")
struct GzipTests {
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("What was packed comes back", arguments: [0, 1, 2, 1000, 65_535, 65_536, 65_537, 300_000])
    func roundTrip(_ count: Int) throws {
        for content in [Self.bytes(count, seed: UInt64(count)), [UInt8](repeating: 65, count: count)] {
            let packed = try Gzip.compress(content)
            #expect(Array(packed.prefix(2)) == [0x1F, 0x8B])
            #expect(try Gzip.decompress(packed, limit: count) == content)
        }
    }

    @Test("Equal bytes give equal members")
    func repeatable() throws {
        let content = Self.bytes(5000, seed: 1)
        #expect(try Gzip.compress(content) == Gzip.compress(content))
    }

    @Test("A cut at any place is refused (case C146)")
    func cut() throws {
        let packed = try Gzip.compress(Array("a purchase order of a few words".utf8))
        for length in 0..<packed.count {
            #expect(throws: GzipError.self, "cut at \(length)") {
                try Gzip.decompress(Array(packed[..<length]), limit: 1000)
            }
        }
    }

    @Test("A changed bit in checksum or length is refused (case C146)")
    func checksum() throws {
        let packed = try Gzip.compress(Array("a purchase order of a few words".utf8))
        for index in (packed.count - 8)..<packed.count {
            var broken = packed
            broken[index] ^= 1
            #expect(throws: GzipError.corrupt) { try Gzip.decompress(broken, limit: 1000) }
        }
    }

    @Test("A bomb stops at the limit (case C146)")
    func bomb() throws {
        let packed = try Gzip.compress([UInt8](repeating: 0, count: 10 << 20))
        #expect(packed.count < 20_000)
        #expect(throws: GzipError.overLimit(limitBytes: 1 << 20)) {
            try Gzip.decompress(packed, limit: 1 << 20)
        }
        #expect(try Gzip.decompress(packed, limit: 10 << 20).count == 10 << 20)
    }

    @Test("What follows the member is refused, a second member too (case C147)")
    func trailing() throws {
        let one = try Gzip.compress(Array(#"{"a":1}"#.utf8))
        let two = try Gzip.compress(Array(#"{"b":2}"#.utf8))
        for tail in [two, Array("XX".utf8), [0, 0, 0, 0]] {
            #expect(throws: GzipError.trailingBytes) { try Gzip.decompress(one + tail, limit: 1000) }
        }
    }

    @Test("What is no gzip is refused", arguments: [[UInt8]("plain text".utf8), [0x78, 0x9C, 1, 2, 3]])
    func foreign(_ bytes: [UInt8]) {
        #expect(throws: GzipError.corrupt) { try Gzip.decompress(bytes, limit: 1000) }
    }
}
