/// Where the files lie that make an agent: four paths, so that a backup can take the vault and leave its key.
package struct AgentPaths: Equatable, Sendable {
    /// Where the master key comes from.
    package enum MasterKeyPlace: Equatable, Sendable {
        /// A file of its own, mode 0600.
        case file(String)
        /// A systemd credential of this name (LoadCredential=).
        case credential(String)
    }

    /// File of sealed secrets.
    package var vault: String
    package var masterKey: MasterKeyPlace
    /// The spool's database.
    package var spool: String
    /// Folder of customer's feed files beside the built-in ones; nil where there are none.
    package var feeds: String?
    /// Folder for the log files of SAP's library.
    package var trace: String

    package init(
        vault: String, masterKey: MasterKeyPlace, spool: String, feeds: String? = nil, trace: String,
    ) {
        self.vault = vault
        self.masterKey = masterKey
        self.spool = spool
        self.feeds = feeds
        self.trace = trace
    }

    /// The folder that holds `path`.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
