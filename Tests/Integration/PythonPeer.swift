import Foundation
import WholeChain

/// The agent in Python of Tests/Fixtures/python-peer, run as a program.
struct PythonPeer: Sendable {
    /// Why it cannot be run.
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "The Python environment of this test is not there: \(path) is missing. "
                + "Remedy: run .ci/python-env (make test does)."
        }
    }

    private let python: String
    private let program: String

    /// - Throws: `Missing` where `.ci/python-env` has not made the environment.
    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let environment =
            ProcessInfo.processInfo.environment["ML_PYTHON_PEER"] ?? root + "/.build/python-peer"
        python = environment + "/bin/python3"
        program = root + "/Tests/Fixtures/python-peer/peer.py"
        // The stamp is written last: without it an environment is half made.
        for path in [environment + "/up-to-date", python, program]
        where !FileManager.default.fileExists(atPath: path) {
            throw Missing(path: path)
        }
    }

    /// Runs one of its commands and returns what it prints.
    /// - Throws: `ChainError.commandFailed` with its sentence when it refuses.
    func run(_ arguments: [String], input: String = "") async throws -> String {
        try await Command.run(python, ["-B", program] + arguments, input: input)
    }

    /// Runs a command that prints JSON.
    func run<Answer: Decodable>(
        _ answer: Answer.Type, _ arguments: [String], input: String = "",
    ) async throws -> Answer {
        try JSONDecoder().decode(answer, from: Data(try await run(arguments, input: input).utf8))
    }

    /// The sentence with which it, or the relay, refuses.
    /// - Returns: nil where it succeeds.
    func refusal(_ arguments: [String], input: String = "") async throws -> String? {
        do {
            _ = try await run(arguments, input: input)
            return nil
        } catch ChainError.commandFailed(_, _, let output) {
            return output
        }
    }
}
