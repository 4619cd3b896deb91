internal import FoundationEssentials
package import Programs
internal import YAMLDocument

/// Everything that `agent.yaml` says, decoded once and checked (DESIGN 4.6, 4.7, 9).
///
/// Secrets never stand in it; they are in the vault, by the names of ``AgentSecretName``.
package struct AgentConfiguration: Equatable, Sendable {
    /// Where the four files lie that make an agent.
    package var paths: AgentPaths
    /// The SAP system and client that are read.
    package var source: SourceConfiguration
    /// By feed, in the order of the file; a feed that is not named runs with its defaults.
    package var feeds: [FeedConfiguration]
    /// How requests reach the relay.
    package var relay: RelayConfiguration
    /// What may be stored.
    package var limits: SpoolLimits
    /// How log lines look, unless the command line says otherwise.
    package var log: LogConfiguration

    package init(
        paths: AgentPaths, source: SourceConfiguration, feeds: [FeedConfiguration] = [],
        relay: RelayConfiguration = RelayConfiguration(), limits: SpoolLimits = SpoolLimits(),
        log: LogConfiguration = LogConfiguration(),
    ) {
        self.paths = paths
        self.source = source
        self.feeds = feeds
        self.relay = relay
        self.limits = limits
        self.log = log
    }

    /// Reads and checks the file.
    /// - Throws: `ConfigurationError`, which names file, line and column.
    package static func load(path: String) throws(ConfigurationError) -> AgentConfiguration {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, exists: FileManager.default.fileExists(atPath: path))
        }
        return try parse(bytes: Array(content), file: path)
    }

    /// Reads and checks a text; `file` is what errors name.
    /// - Throws: `ConfigurationError.invalid`.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> AgentConfiguration {
        try parse(bytes: Array(text.utf8), file: file)
    }

    private static func parse(bytes: [UInt8], file: String) throws(ConfigurationError) -> AgentConfiguration {
        do throws(YAMLError) {
            return try AgentConfiguration(node: YAMLParser.parse(bytes: bytes, file: file))
        } catch {
            throw .invalid(
                file: error.file, line: error.line, column: error.column, problem: error.problem)
        }
    }

    /// How one feed is polled: as its entry says, or on and at the feed's own interval.
    package func feed(_ name: String) -> FeedConfiguration {
        feeds.first { $0.name == name } ?? FeedConfiguration(name: name)
    }

    /// Refuses entries of feeds that nobody defines.
    /// - Parameter file: what the error names.
    /// - Throws: `ConfigurationError.invalid`.
    package func check(feeds known: [String], file: String) throws(ConfigurationError) {
        for feed in feeds where !known.contains(feed.name) {
            throw .invalid(
                file: file, line: feed.line, column: feed.column,
                problem: "\(feed.name) is no feed; there are \(known.joined(separator: ", "))")
        }
    }
}

/// How log lines look.
package struct LogConfiguration: Equatable, Sendable {
    /// A level of swift-log by its name.
    package var level = "info"
    package var format = LogFormat.text

    package init() {}
}

/// How one feed is polled.
package struct FeedConfiguration: Equatable, Sendable {
    /// Name of the feed's definition.
    package var name: String
    package var isOn: Bool
    /// Between the ends of two polls; nil for the usual minute.
    package var interval: Duration?
    /// Where the entry stands in the file, from 1; 0 where there is none.
    package var line: Int
    package var column: Int

    package init(
        name: String, isOn: Bool = true, interval: Duration? = nil, line: Int = 0, column: Int = 0,
    ) {
        self.name = name
        self.isOn = isOn
        self.interval = interval
        self.line = line
        self.column = column
    }
}

/// How requests reach the relay, whose address and authority come from the pairing token.
package struct RelayConfiguration: Equatable, Sendable {
    /// `http://host:port`; its credentials are the secret `relay.proxy`.
    package var proxy: String?
    /// PEM file of authorities to believe beside the relay's own, where the network inspects TLS.
    package var authorityFile: String?

    package init(proxy: String? = nil, authorityFile: String? = nil) {
        self.proxy = proxy
        self.authorityFile = authorityFile
    }
}
