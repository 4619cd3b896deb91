public import ArgumentParser
import Logging

extension LogFormat: ExpressibleByArgument {}

/// The options about logging that every long-running command has.
///
/// Public because the options of a command are part of its public conformance to ArgumentParser.
public struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    private var level = "info"

    @Option(name: .customLong("log-format"), help: "How log lines on standard error look: text or json.")
    private var format = LogFormat.text

    /// The defaults, before parsing.
    public init() {}

    /// Refuses an unknown level.
    public func validate() throws {
        guard Logger.Level(rawValue: level) != nil else {
            throw ValidationError(
                "--log-level is one of trace, debug, info, notice, warning, error, critical.")
        }
    }

    /// Sets how every logger of this process writes; call it once, first thing in `run`.
    public func bootstrap() {
        ProgramLog.bootstrap(level: Logger.Level(rawValue: level) ?? .info, format: format)
    }
}
