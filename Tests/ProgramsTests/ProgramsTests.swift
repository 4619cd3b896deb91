import Logging
import Synchronization
import Testing

@testable import Programs

@Suite("How our programs speak")
struct ProgramsTests {
    @Test("Each kind of failure has its own exit code")
    func exitCodes() {
        let codes = FailureKind.allCases.map { ExitStatus($0).rawValue }
        #expect(Set(codes).count == FailureKind.allCases.count)
        #expect(!codes.contains(0))
    }

    @Test("A failure is one sentence and a remedy")
    func report() {
        let failure = CommandFailure(
            "The vault is missing.", remedy: "Run ml-agent init.", kind: .configuration)
        let report = FailureReport(failure)
        #expect(report.text == "The vault is missing. Remedy: Run ml-agent init.")
        #expect(report.status == .configuration)
        #expect(FailureReport(CancellationError()).status == .permanent)
    }

    @Test("A ready line is one JSON object")
    func readyLine() {
        #expect(ReadyLine.text(["api": 80, "control": 81]) == #"{"ready":true,"api":80,"control":81}"#)
    }

    @Test(
        "JSON text is escaped",
        arguments: [
            ("a\"b", #"{"k":"a\"b"}"#), ("a\\b", #"{"k":"a\\b"}"#), ("a\nb\t\r", #"{"k":"a\nb\t\r"}"#),
            ("\u{1}", #"{"k":"\u0001"}"#), ("Müller 😘", #"{"k":"Müller 😘"}"#),
        ])
    func escaping(_ text: String, _ expected: String) {
        var line = JSONLine()
        line.add("k", text)
        #expect(line.closed == expected)
    }

    @Test(
        "Log lines are whole, sorted, and cannot be forged by what they tell", arguments: LogFormat.allCases)
    func logLines(_ format: LogFormat) {
        let lines = Mutex<[String]>([])
        let write: @Sendable (String) -> Void = { line in lines.withLock { $0.append(line) } }
        var handler = ProgramLogHandler(
            label: "ml-agent", level: .info, format: format, now: { "T" }, write: write)
        handler[metadataKey: "b"] = "x\nerror ml-agent: forged"
        handler[metadataKey: "a"] = "1"
        var logger = Logger(label: "ml-agent") { _ in handler }
        logger.logLevel = .info
        logger.info("Feed polled.")
        logger.debug("Not shown.")
        let written = lines.withLock { $0 }
        #expect(written.count == 1)
        let line = written.first ?? ""
        #expect(line.filter { $0 == "\n" }.count == 1 && line.hasSuffix("\n"))
        switch format {
        case .json:
            #expect(
                line.hasPrefix(
                    #"{"time":"T","level":"info","logger":"ml-agent","message":"Feed polled.","a":"1","b":"#))
        case .text:
            #expect(line.hasPrefix("T info ml-agent: Feed polled. a=1 b=\"x error"))
        }
    }

    @Test(
        "Times are RFC 3339 in UTC",
        arguments: [
            (Int64(0), 0, "1970-01-01T00:00:00.000Z"), (1_709_164_799, 7, "2024-02-28T23:59:59.007Z"),
            (1_709_164_800, 999, "2024-02-29T00:00:00.999Z"), (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (-1, 0, "1969-12-31T23:59:59.000Z"),
        ])
    func times(_ seconds: Int64, _ milliseconds: Int, _ text: String) {
        #expect(WallTime.text(seconds: seconds, milliseconds: milliseconds) == text)
    }

    @Test("Elsewhere than on a terminal progress is a line for each stage")
    func progress() {
        let written = Mutex("")
        let line = ProgressLine(isTerminal: false) { text in written.withLock { $0 += text } }
        line.update("reading", detail: "1 of 2")
        line.update("reading", detail: "2 of 2")
        line.update("sending")
        line.finish("done")
        #expect(written.withLock { $0 } == "reading: 1 of 2\nsending\ndone\n")
    }

    @Test("A table is as wide as its cells, and a line break in a cell does not break it")
    func table() {
        var table = TextTable([.init("document"), .init("count", isNumber: true)])
        table.add(["4500000001", "7"])
        table.add(["a\nb\u{1B}[2J", "12345678"])
        #expect(
            table.text == """
                document       count
                ----------  --------
                4500000001         7
                a b [2J     12345678

                """)
    }
}
