internal import Cryptography
internal import FoundationEssentials
internal import SQLStore

/// What `ml-agent init` makes: example configuration, master key, vault and spool; what is there stays.
package struct AgentInstallation: Sendable {
    /// What became of one file.
    package struct Step: Equatable, Sendable {
        package let what: String
        package let path: String
        /// False where it was there already.
        package let isNew: Bool
    }

    /// The configuration file.
    package let configurationPath: String
    /// Where vault, spool and trace of a new configuration go.
    package let stateFolder: String

    /// `stateFolder` counts only while there is no configuration yet.
    package init(configurationPath: String, stateFolder: String = defaultStateFolder) {
        self.configurationPath = configurationPath
        self.stateFolder = stateFolder
    }

    /// Where packages put what the agent writes.
    package static let defaultStateFolder = "/var/lib/ml-agent"

    /// Makes what is missing and says of each file whether it is new.
    ///
    /// Nothing is ever overwritten: a second run changes nothing.
    /// - Throws: `ConfigurationError`, `VaultError`, `SQLError`.
    package func run(clock: HostClock) async throws -> [Step] {
        var steps = [try writeExample()]
        let configuration = try AgentConfiguration.load(path: configurationPath)
        let paths = configuration.paths
        for folder in [AgentPaths.folder(of: paths.vault), AgentPaths.folder(of: paths.spool), paths.trace] {
            try makeFolder(folder)
        }
        if case .file(let path) = paths.masterKey { steps.append(try makeKey(path, vault: paths.vault)) }
        let hasSpool = exists(paths.spool)
        let database = try await SQLiteDatabase.open(path: paths.spool)
        _ = try await Spool.open(database, clock: clock, limits: configuration.limits)
        await database.close()
        steps.append(Step(what: "spool", path: paths.spool, isNew: !hasSpool))
        return steps
    }

    /// The commented example, with the paths of this installation in place of the usual ones.
    package static func example(configurationFolder: String, stateFolder: String) -> String {
        ExampleConfiguration.text(
            configurationFolder: configurationFolder, stateFolder: stateFolder)
    }

    private func writeExample() throws -> Step {
        let step = { Step(what: "configuration", path: configurationPath, isNew: $0) }
        guard !exists(configurationPath) else { return step(false) }
        let folder = AgentPaths.folder(of: configurationPath)
        try makeFolder(folder)
        let text = Self.example(configurationFolder: absolute(folder), stateFolder: absolute(stateFolder))
        // The file holds no secret, and tells nobody else how SAP is reached.
        let isWritten = FileManager.default.createFile(
            atPath: configurationPath, contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o640])
        guard isWritten else {
            throw ConfigurationError.notWritable(path: configurationPath, reason: "the system refused")
        }
        return step(true)
    }

    /// - Throws: `ConfigurationError.masterKeyLost` where there are secrets that a new key could not open.
    private func makeKey(_ path: String, vault: String) throws -> Step {
        let step = { Step(what: "master key", path: path, isNew: $0) }
        guard !exists(path) else { return step(false) }
        guard !exists(vault) else { throw ConfigurationError.masterKeyLost(key: path, vault: vault) }
        try makeFolder(AgentPaths.folder(of: path))
        _ = try MasterKey.create(path: path)
        return step(true)
    }

    private func makeFolder(_ path: String) throws {
        guard !exists(path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationError.notWritable(path: path, reason: "the folder cannot be created")
        }
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
