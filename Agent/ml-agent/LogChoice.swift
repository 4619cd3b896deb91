import AgentCore
import ArgumentParser
import Logging
import Programs

/// How this command logs; what is not given here the configuration says.
struct LogChoice: ParsableArguments {
    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    var level: String?

    @Option(name: .customLong("log-format"), help: "How log lines on standard error look: text or json.")
    var format: LogFormat?

    func validate() throws {
        guard let level, Logger.Level(rawValue: level) == nil else { return }
        throw ValidationError(
            "--log-level is one of trace, debug, info, notice, warning, error, critical.")
    }

    /// Sets how every logger of this process writes; called once.
    func bootstrap(_ configuration: LogConfiguration) {
        ProgramLog.bootstrap(
            level: Logger.Level(rawValue: level ?? configuration.level) ?? .info,
            format: format ?? configuration.format)
    }
}
