import Testing
import YAMLDocument

@Suite("YAML documents")
struct YAMLDocumentTests {
    private static func parse(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> YAMLNode {
        try YAMLParser.parse(text, file: "agent.yaml", limits: limits)
    }

    @Test("Every node knows its line and column")
    func places() throws {
        let root = try Self.parse("a: 1\nlist:\n  - x\n  - key: value\n")
        let list = try root.mapping().required("list").list()
        #expect(list[0].place.line == 3 && list[0].place.column == 5)
        let value = try list[1].mapping().required("key")
        #expect(value.place.line == 4 && value.place.column == 10)
        #expect(value.path == "list[1].key")
    }

    @Test(
        "What a careful reader must not accept is refused with its place",
        arguments: [
            ("a: 1\na: 2\n", 2, 1), ("a: &x 1\n", 1, 4), ("a: &x 1\nb: *x\n", 1, 4), ("a: !!int 1\n", 1, 4),
            ("a: !secret x\n", 1, 4), ("a: 1\n---\nb: 2\n", 2, 1), ("a: [1, 2\n", 2, 1),
            ("[1, 2]: x\n", 1, 1),
            ("a:\n\t- b\n", 2, 1), ("<<: {a: 1}\n", 1, 1),
        ])
    func refused(_ text: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: YAMLError.self) { try Self.parse(text) }
        #expect(error?.line == line, "\(String(describing: error))")
        #expect(error?.column == column, "\(String(describing: error))")
        #expect(error?.file == "agent.yaml")
    }

    @Test("Depth, size and number of nodes are bounded")
    func limits() {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(throws: YAMLError.self) { try Self.parse(deep) }
        var small = YAMLLimits()
        small.sizeBytes = 10
        #expect(throws: YAMLError.self) { try Self.parse("a: 12345678\n", limits: small) }
        small = YAMLLimits()
        small.nodeLimit = 5
        #expect(throws: YAMLError.self) { try Self.parse("[1, 2, 3, 4, 5, 6]", limits: small) }
    }

    @Test(
        "A scalar stays the text it is",
        arguments: ["no", "off", "1e3", "007", "0x10", "2026-11-25", "12:30"])
    func texts(_ text: String) throws {
        #expect(try Self.parse("a: \(text)\n").mapping().string("a") == text)
    }

    @Test("Bytes that are not UTF-8 are an error, not a question mark")
    func encoding() {
        #expect(throws: YAMLError.self) { try YAMLParser.parse(bytes: [0x61, 0x3A, 0x20, 0xFC], file: "f") }
    }

    @Test("Whole numbers are decimal digits", arguments: [("0", 0), ("42", 42), ("-7", -7)])
    func integers(_ text: String, _ value: Int) throws {
        #expect(try Self.parse("a: \(text)\n").mapping().integer("a") == value)
    }

    @Test(
        "Anything else is no whole number",
        arguments: ["007", "1.0", "1e3", "'1'", "0x1", "one", "", "99999999999999999999"])
    func noIntegers(_ text: String) {
        #expect(throws: YAMLError.self) { try Self.parse("a: \(text)\n").mapping().integer("a") }
    }

    @Test(
        "Durations need a unit",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("60s", .seconds(60)), ("15m", .seconds(900)),
            ("15 min", .seconds(900)), ("2h", .seconds(7200)), ("14d", .seconds(1_209_600)), ("0s", .zero),
        ])
    func durations(_ text: String, _ value: Duration) throws {
        #expect(try Self.parse("a: \(text)\n").mapping().duration("a") == value)
    }

    @Test(
        "A number without unit, a fraction or a word is no duration",
        arguments: ["60", "1.5h", "soon", "-1s", "5 weeks"])
    func noDurations(_ text: String) {
        let error = #expect(throws: YAMLError.self) { try Self.parse("a: \(text)\n").mapping().duration("a") }
        #expect(error?.problem.contains("60s") == true)
    }

    @Test("Sizes need a unit", arguments: [("512B", 512), ("64KiB", 65_536), ("2GiB", 2_147_483_648)])
    func sizes(_ text: String, _ value: Int) throws {
        #expect(try Self.parse("a: \(text)\n").mapping().byteCount("a", default: 0) == value)
    }

    @Test("An unknown key is refused where it stands, with the nearest known one")
    func unknownKey() {
        let error = #expect(throws: YAMLError.self) {
            try Self.parse("relay: x\npoll_intervall: 60s\n").mapping { mapping throws(YAMLError) in
                _ = try mapping.string("relay")
                _ = try mapping.duration("poll_interval", default: .seconds(60))
            }
        }
        #expect(error?.line == 2 && error?.column == 1)
        #expect(error?.problem.contains("poll_interval\"") == true)
    }

    @Test("A missing key names itself; a misspelt one is recognised")
    func missingKey() {
        let missing = #expect(throws: YAMLError.self) {
            try Self.parse("a: 1\n").mapping().required("password")
        }
        #expect(missing?.problem.contains("password") == true)
        let misspelt = #expect(throws: YAMLError.self) {
            try Self.parse("pasword: 1\n").mapping().required("password")
        }
        #expect(misspelt?.problem.contains("did you mean") == true)
    }

    private enum Mode: String, CaseIterable { case live, redirect, silent }

    @Test("One of several words is checked and corrected")
    func choices() throws {
        #expect(try Self.parse("mode: live\n").mapping().choice("mode", Mode.self) == .live)
        let error = #expect(throws: YAMLError.self) {
            try Self.parse("mode: lve\n").mapping().choice("mode", Mode.self)
        }
        #expect(error?.problem.contains("live") == true)
    }

    @Test("Only true and false are truths", arguments: ["yes", "on", "True", "1", "'true'"])
    func truths(_ text: String) {
        #expect(throws: YAMLError.self) { try Self.parse("a: \(text)\n").mapping().boolean("a") }
    }
}
