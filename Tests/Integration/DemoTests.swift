import Foundation
import SQLStore
import Testing
import WholeChain

/// `ml-demo` as a person meets it.
@Suite("The demo", .serialized, .keepsEvidence)
struct DemoTests {
    /// Runs a demo without end, and `body` beside it.
    private static func run(_ body: @escaping @Sendable (Program, String) async throws -> Void) async throws {
        let folder = try ChainFolder()
        let files = folder.file("files")
        let demo = Program(
            name: "ml-demo", executable: try ChainPrograms().demo,
            arguments: ["--folder", files, "--rate", "600"], logFile: folder.file("ml-demo.log"),
            saysReady: false, hasOwnGroup: true)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await demo.serve()
                return false
            }
            group.addTask {
                try await demo.start()
                try await body(demo, files)
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
        folder.remove()
    }

    /// As a terminal does it: to the whole group.
    private static func pressCtrlC(_ demo: Program) throws {
        let process = try #require(demo.processIdentifier)
        #expect(getpgid(process) == process, "the demo has a group of its own, as in a shell")
        #expect(kill(-process, SIGINT) == 0)
    }

    /// Processes that were started with a file of this folder.
    private static func running(_ files: String) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { process in
            let command = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
            return Int(process) != nil && command?.contains(files) == true
        }
    }

    private static func end(of demo: Program) async throws -> Int32? {
        let clock = ContinuousClock()
        let limit = clock.now.advanced(by: .seconds(90))
        while demo.isRunning, clock.now < limit { try await clock.sleep(for: .milliseconds(50)) }
        #expect(!demo.isRunning)
        return demo.exitCode
    }

    private static func wait(for count: Int, in files: String) async throws {
        let clock = ContinuousClock()
        let limit = clock.now.advanced(by: .seconds(90))
        while clock.now < limit {
            if FileManager.default.fileExists(atPath: files + "/twilio.db") {
                let ledger = try await TwilioLedger(path: files + "/twilio.db")
                // Before the stand-in has made its tables nothing was accepted.
                let accepted = (try? await ledger.accepted().count) ?? 0
                await ledger.close()
                if accepted >= count { return }
            }
            try await clock.sleep(for: .milliseconds(100))
        }
        Issue.record("nothing was accepted")
    }

    @Test("Ctrl-C ends the day; everything settles and is judged, and exit code 0 says that all is well")
    func ctrlC() async throws {
        try await Self.run { demo, files in
            try await Self.wait(for: 3, in: files)
            try Self.pressCtrlC(demo)
            #expect(try await Self.end(of: demo) == 0)
            let relay = try await SQLiteDatabase.open(path: files + "/relay.db")
            let open = try await relay.read { connection in
                try connection.first("SELECT count(*) FROM notification WHERE state != 'delivered'")?.integer(
                    0)
            }
            await relay.close()
            #expect(open == 0)
        }
    }

    @Test("where nobody reads it any more, as before a closed pipe, it ends with what it started")
    func closedPipe() async throws {
        let folder = try ChainFolder()
        let files = folder.file("files")
        let demo = try ChainPrograms().demo
        let output = try await Command.run(
            "/bin/sh", ["-c", "timeout -s KILL 60 '\(demo)' --folder '\(files)' | head -n 1"])
        #expect(output.hasPrefix("·"))
        #expect(Self.running(files) == [])
        folder.remove()
    }

    @Test("Ctrl-C before the day, or a second one, ends it without a verdict, and with it what it started")
    func impatient() async throws {
        try await Self.run { demo, files in
            let clock = ContinuousClock()
            let limit = clock.now.advanced(by: .seconds(30))
            while !FileManager.default.fileExists(atPath: files + "/ml-relay.log"), clock.now < limit {
                try await clock.sleep(for: .milliseconds(10))
            }
            try Self.pressCtrlC(demo)
            #expect(try await Self.end(of: demo) == 130)
            #expect(Self.running(files) == [])
        }
    }
}
