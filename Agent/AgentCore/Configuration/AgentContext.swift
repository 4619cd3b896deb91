internal import FoundationEssentials
package import SQLStore

/// What every command starts from: the configuration, the vault and the spool.
package struct AgentContext: Sendable {
    /// Name of the configuration file, for errors.
    package let configurationPath: String
    package let configuration: AgentConfiguration
    package let vault: AgentVault
    package let clock: HostClock

    /// Reads the configuration and the master key; the spool is opened by who needs it.
    /// - Throws: `ConfigurationError`, `VaultError`.
    package init(configurationPath: String, clock: HostClock = .system) throws {
        self.configurationPath = configurationPath
        self.clock = clock
        configuration = try AgentConfiguration.load(path: configurationPath)
        vault = try AgentVault(
            paths: configuration.paths,
            credentials: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"])
    }

    /// Opens the spool that `init` made.
    /// - Throws: `ConfigurationError.noSpool`, `SpoolUnusable`.
    package func openSpool() async throws -> Spool {
        guard hasSpool else { throw ConfigurationError.noSpool(path: configuration.paths.spool) }
        return try await openOrMakeSpool()
    }

    /// Opens the spool, or makes a new one: the spool alone may be lost, and a paired agent goes on with what the
    /// relay covers (DESIGN 4.7).
    /// - Throws: `SpoolUnusable`.
    package func openOrMakeSpool() async throws -> Spool {
        var schedule = RetrySchedule()
        // Who polls more often than every minute wants to hear of a completed document as soon.
        let polled = configuration.feeds.compactMap(\.interval).min() ?? schedule.watchInterval
        schedule.watchInterval = min(schedule.watchInterval, polled)
        let path = configuration.paths.spool
        do {
            return try await Spool.open(
                SQLiteDatabase.open(path: path), clock: clock, limits: configuration.limits,
                schedule: schedule)
        } catch let error as SQLError {
            throw SpoolUnusable(path: path, reason: error)
        }
    }

    /// Whether the spool is where the configuration says.
    package var hasSpool: Bool { FileManager.default.fileExists(atPath: configuration.paths.spool) }

    /// Opens the spool for reading alone, beside a running agent.
    /// - Throws: `ConfigurationError.noSpool`, `SpoolUnusable`.
    package func openSpoolReadOnly() async throws -> any SQLDatabase {
        let path = configuration.paths.spool
        guard hasSpool else { throw ConfigurationError.noSpool(path: path) }
        do {
            let database = try await SQLiteDatabase.openReadOnly(path: path)
            // Only the first statement looks into the file.
            _ = try await database.read { try $0.first("SELECT id FROM agent") }
            return database
        } catch let error as SQLError {
            throw SpoolUnusable(path: path, reason: error)
        }
    }

    /// The commands on secrets; a spool that is lost does not keep anybody from entering a password.
    package var secrets: AgentSecrets {
        AgentSecrets(vault: vault) {
            guard hasSpool else { return nil }
            return try await openSpool()
        }
    }
}
