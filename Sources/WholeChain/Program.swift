import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// One program of the chain as a child process, which can be started, killed and started again.
///
/// `serve()` must run (in the chain's task group) for `start()` to do anything. Standard error goes to a log
/// file; the first line of standard output that is JSON with `"ready": true` tells the ports.
package final class Program: Sendable {
    /// What the program said of itself when it was ready: names to port numbers.
    package typealias Ready = [String: Int]

    private struct State {
        var process: ProcessIdentifier?
        var ready: Ready?
        var lastExit: TerminationStatus?
        var starts = 0
    }

    /// Name for messages, and of the log file.
    package let name: String
    /// Where the child's standard error goes; appended to over restarts.
    package let logFile: String
    private let executable: String
    private let arguments: [String]
    let environment: [String: String]
    private let saysReady: Bool
    private let hasOwnGroup: Bool
    private let state = Mutex(State())
    private let orders: AsyncStream<Void>
    private let order: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - executable: absolute path.
    ///   - environment: added to that of this process.
    ///   - saysReady: whether the program prints a ready line that `start()` waits for.
    ///   - hasOwnGroup: whether Ctrl-C on a terminal, which goes to a whole group, passes it by; who says so has to end
    ///     it whatever signal comes.
    package init(
        name: String, executable: String, arguments: [String], environment: [String: String] = [:],
        logFile: String, saysReady: Bool = true, hasOwnGroup: Bool = false,
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.logFile = logFile
        self.saysReady = saysReady
        self.hasOwnGroup = hasOwnGroup
        (orders, order) = AsyncStream.makeStream()
    }

    /// Runs the child each time that `start()` asks for it; ends the child when the task is cancelled.
    package func serve() async throws {
        for await _ in orders {
            try Task.checkCancellation()
            try await runOnce()
        }
    }

    /// Starts the child and waits until it is ready (or, where it says nothing, until it runs).
    /// - Throws: `ChainError.notReady` with the log's last lines when it ends or stays silent instead.
    @discardableResult
    package func start(within deadline: Duration = .seconds(60)) async throws -> Ready {
        let before = state.withLock { state in
            state.ready = nil
            state.lastExit = nil
            return state.starts
        }
        order.yield()
        let came = try await poll(within: deadline) { state in
            state.starts > before
                && (state.lastExit != nil || (saysReady ? state.ready != nil : state.process != nil))
        }
        let (ready, exit) = state.withLock { ($0.ready, $0.lastExit) }
        guard came, exit == nil else {
            throw ChainError.notReady(program: name, ended: exit.map { "\($0)" }, log: lastLines())
        }
        return ready ?? [:]
    }

    /// Whether the child runs at this moment.
    package var isRunning: Bool { state.withLock { $0.process != nil } }

    /// The child's process id, nil while it does not run.
    package var processIdentifier: Int32? { state.withLock { $0.process?.value } }

    /// Exit code of the last run; nil while one goes on, before any, and where a signal ended it.
    package var exitCode: Int32? {
        guard case .exited(let code) = state.withLock({ $0.lastExit }) else { return nil }
        return code
    }

    /// Ends the child at once (SIGKILL) and waits until it is gone.
    package func kill() async throws { try await end(with: SIGKILL, within: .seconds(20)) }

    /// Asks the child to end (SIGTERM), waits, and kills it when it does not.
    package func terminate(within deadline: Duration = .seconds(20)) async throws {
        do {
            try await end(with: SIGTERM, within: deadline)
        } catch ChainError.stillRunning {
            try await kill()
        }
    }

    private func end(with signal: Int32, within deadline: Duration) async throws {
        guard let process = processIdentifier else { return }
        _ = Foundation.kill(process, signal)
        guard try await poll(within: deadline, { $0.process == nil }) else {
            throw ChainError.stillRunning(program: name)
        }
    }

    private func runOnce() async throws {
        var environment = Environment.inherit
        let added = self.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value as String?) }
        environment = environment.updating(Dictionary(uniqueKeysWithValues: added))
        let log = try FileDescriptor.open(
            FilePath(logFile), .writeOnly, options: [.append, .create], permissions: .ownerReadWrite)
        var options = PlatformOptions()
        if hasOwnGroup { options.processGroupID = 0 }
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments), environment: environment,
            platformOptions: options, input: .none, output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            state.withLock { state in
                state.process = execution.processIdentifier
                state.starts += 1
            }
            for try await line in execution.standardOutput.strings() {
                if let ready = Self.ready(line) { state.withLock { $0.ready = ready } }
            }
        }
        state.withLock { state in
            state.process = nil
            state.lastExit = result.terminationStatus
        }
    }

    private static func ready(_ line: String) -> Ready? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            object["ready"] as? Bool == true
        else { return nil }
        return object.compactMapValues { ($0 as? NSNumber)?.intValue }
    }

    private func lastLines() -> String {
        let text = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(12).joined(separator: "\n")
    }

    private func poll(within deadline: Duration, _ condition: (borrowing State) -> Bool) async throws -> Bool
    {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: deadline)
        while true {
            if state.withLock({ condition($0) }) { return true }
            if clock.now >= end { return false }
            try await clock.sleep(for: .milliseconds(5))
        }
    }
}
