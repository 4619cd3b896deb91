import Foundation
import TestSupport
import Testing

@testable import WholeChain

@Suite("A program as a child process")
struct ProgramTests {
    private func shell(_ script: String, _ folder: TemporaryFolder, saysReady: Bool = true) -> Program {
        Program(
            name: "shell", executable: "/bin/sh", arguments: ["-c", script],
            logFile: folder.file("shell.log"), saysReady: saysReady)
    }

    private func serving<Value: Sendable>(
        _ program: Program, _ body: @escaping @Sendable () async throws -> Value,
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await program.serve()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    @Test("is ready when it says so, can be killed and started again")
    func restarts() async throws {
        let folder = try TemporaryFolder()
        let program = shell(#"echo '{"ready":true,"api":8080}'; sleep 3600"#, folder)
        let (first, second) = try await serving(program) {
            let ready = try await program.start()
            #expect(ready["api"] == 8080)
            let first = program.processIdentifier
            try await program.kill()
            #expect(!program.isRunning)
            try await program.start()
            let second = program.processIdentifier
            try await program.terminate()
            return (first, second)
        }
        #expect(first != nil)
        #expect(first != second)
    }

    @Test("says how it ended, with the last lines of its log, when it never becomes ready")
    func neverReady() async throws {
        let folder = try TemporaryFolder()
        let program = shell("echo 'no such file' >&2; exit 3", folder)
        let error = await #expect(throws: ChainError.self) {
            try await serving(program) { _ = try await program.start() }
        }
        guard case .notReady(_, let ended, let log) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(ended?.contains("3") == true)
        #expect(log.contains("no such file"))
    }

    @Test("a command's failure carries what it wrote to standard error")
    func commands() async throws {
        #expect(try await Command.run("/bin/cat", [], input: "secret") == "secret")
        let error = await #expect(throws: ChainError.self) {
            try await Command.run("/bin/sh", ["-c", "echo wrong >&2; exit 78"])
        }
        #expect("\(String(describing: error))".contains("wrong"))
    }
}
