import TestSupport
import Testing
import YAMLDocument

/// Text that was written to cost memory, time or the process.
@Suite("YAML that means harm")
struct YAMLHostileTests {
    @Test("Generated garbage never traps")
    func garbage() {
        let pieces = [
            "a", ":", " ", "\n", "- ", "[", "]", "{", "}", "\"", "'", "&x", "*x", "!", "|", ">", "#", "\t",
            "é", "\u{0}", "? ", "%", "---\n", "...\n", "\\", ", ", "\u{FEFF}", "\u{2028}",
        ]
        var random = SeededRandom(seed: 7)
        for _ in 0..<4000 {
            let count = Int.random(in: 1...24, using: &random)
            let text = (0..<count).map { _ in pieces[Int.random(in: pieces.indices, using: &random)] }
                .joined()
            _ = try? YAMLParser.parse(text, file: "f")
        }
    }

    @Test("A good file with changed bytes is read or refused with a place in it")
    func flipped() {
        let good = Array(
            """
            agents: {listen: "0.0.0.0:8443", address: 'https://r.example.com'}   # both
            tenants:
              - name: default
                text: |
                  Dear {{name}},
                  é
                list: [1, 2, [3, {a: b}]]
            """.utf8)
        var random = SeededRandom(seed: 8)
        for _ in 0..<4000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                    in: .min ... .max, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...8, using: &random))
            do throws(YAMLError) {
                _ = try YAMLParser.parse(bytes: bytes, file: "f")
            } catch {
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }

    /// Texts of about 1 MiB, each of one thing without end.
    private static let endless: [(name: String, text: String)] = [
        ("lists", String(repeating: "[", count: 1 << 20)),
        ("mappings", String(repeating: "{", count: 1 << 20)),
        ("block lists", String(repeating: "- ", count: 1 << 19)),
        ("explicit keys", String(repeating: "? ", count: 1 << 19)),
        ("mappings in lists", String(repeating: "[{a: ", count: 1 << 17)),
        ("quotes", String(repeating: "'", count: 1 << 20)),
        ("escapes", "a: \"" + String(repeating: "\\x41", count: 1 << 18) + "\""),
        ("one key", String(repeating: "k", count: 1 << 20) + ": 1"),
        ("comments", String(repeating: "#\n", count: 1 << 19)),
        ("indentation", (0..<1200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
        ("tag directives", (0..<80_000).map { "%TAG !t\($0)! x\n" }.joined() + "--- a\n"),
        ("directives behind the end", "a: 1\n...\n" + (0..<80_000).map { "%TAG !t\($0)! x\n" }.joined()),
        (
            "directives behind other line ends",
            "#\u{85}" + (0..<80_000).map { "%TAG !t\($0)! x\u{85}" }.joined() + "--- a\u{85}"
        ),
        ("unknown directives", String(repeating: "%X\n", count: 1 << 18) + "--- a\n"),
        ("documents", String(repeating: "---\n", count: 1 << 18)),
        ("commas", "[" + String(repeating: "a,", count: 1 << 19) + "]"),
        ("keys of one mapping", (0..<90_000).map { "key\($0): 1\n" }.joined()),
    ]

    @Test("A mebibyte of one thing ends within a second or two", arguments: 0..<17)
    func endlessText(_ index: Int) {
        let (name, text) = Self.endless[index]
        let took = threadTime { _ = try? YAMLParser.parse(text, file: "f") }
        #expect(took < .seconds(20), "\(name): \(took)")
    }

    @Test("Long keys above many values do not multiply")
    func longKeys() {
        let level = String(repeating: "k", count: 900)
        var text = ""
        for depth in 0..<28 { text += String(repeating: " ", count: depth) + level + ":\n" }
        text += String(repeating: " ", count: 28) + "[" + String(repeating: "1,", count: 190_000) + "1]\n"
        let error = #expect(throws: YAMLError.self) { try YAMLParser.parse(text, file: "f") }
        #expect(error?.problem.contains("1024 bytes") == true)
        #expect(error?.line == 2)
    }

    @Test(
        "Directives are refused where they stand",
        arguments: ["%YAML 1.1\n---\na: 1\n", "a: 1\n...\n%TAG ! x\n"])
    func directives(_ text: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLParser.parse(text, file: "f") }
        #expect(error?.problem.contains("directives") == true)
        #expect(error?.line == (text.hasPrefix("%") ? 1 : 3))
    }

    @Test("A byte order mark, as editors on Windows write it, is passed over")
    func byteOrderMark() throws {
        let node = try YAMLParser.parse(
            bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: 2\r\n".utf8), file: "f")
        #expect(try node.mapping().integer("a") == 1)
        #expect(try node.mapping().integer("b") == 2)
    }
}
