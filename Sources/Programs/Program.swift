package import ArgumentParser
import Glibc

/// Runs the root command of a program and turns what it throws into one sentence, a remedy and an exit code.
package enum Program {
    /// Parses the arguments, runs the command and ends the process.
    ///
    /// Help and wrong command lines are printed as ArgumentParser prints them (wrong ones end with 64). An error of
    /// a running command goes to standard error as `error: … Remedy: …`, with the code of ``ExitStatus``.
    ///
    /// - Parameter failure: makes a ``Failure`` of an error of another module that is none; nil where it cannot.
    package static func run<Command: ParsableCommand>(
        _ command: Command.Type, arguments: [String]? = nil,
        failure: (any Error) -> (any Failure)? = { _ in nil },
    ) async -> Never {
        let parsed: any ParsableCommand
        do {
            parsed = try command.parseAsRoot(arguments)
        } catch {
            command.exit(withError: error)
        }
        do {
            if var waiting = parsed as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                var direct = parsed
                try direct.run()
            }
        } catch {
            if error is ExitCode || error is CleanExit || error is ValidationError || isHelp(error) {
                command.exit(withError: error)
            }
            let report = FailureReport(failure(error) ?? error)
            StandardError.write("error: \(report.text)\n")
            exit(report.status.rawValue)
        }
        exit(ExitStatus.success.rawValue)
    }

    /// A command without a `run` of its own throws ArgumentParser's request for its help, whose type is not public.
    private static func isHelp(_ error: any Error) -> Bool {
        String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
