package import Logging

/// The start of logging in a program.
package enum ProgramLog {
    /// Sets how every logger of this process writes; call it once, first thing in `main`.
    package static func bootstrap(level: Logger.Level = .info, format: LogFormat = .text) {
        LoggingSystem.bootstrap { ProgramLogHandler(label: $0, level: level, format: format) }
    }
}
