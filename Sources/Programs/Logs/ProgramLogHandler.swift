package import Logging

/// Writes log lines to standard error, in the format chosen at the start of the program.
package struct ProgramLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let now: @Sendable () -> String
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - now: the time in RFC 3339; the system's clock unless a test owns time.
    ///   - write: takes a whole line with its line break.
    init(
        label: String, level: Logger.Level, format: LogFormat,
        now: @escaping @Sendable () -> String = { WallTime.now() },
        write: @escaping @Sendable (String) -> Void = { StandardError.write($0) },
    ) {
        self.label = label
        logLevel = level
        self.format = format
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
        if let own = event.metadata { facts.merge(own) { $1 } }
        if let error = event.error { facts[LogKeys.error] = "\(FailureReport(error).text)" }
        let line = LogLine(
            time: now(), level: event.level, label: label, message: event.message.description, metadata: facts
        )
        write(line.rendered(as: format))
    }
}
