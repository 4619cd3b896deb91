package import Programs

/// Why the agent cannot be used as it is installed.
package enum ConfigurationError: Failure, Equatable {
    /// No configuration file, or one that this user may not read.
    case unreadable(path: String, exists: Bool)
    /// Something in the file is wrong; `problem` says what, without place.
    case invalid(file: String, line: Int, column: Int, problem: String)
    /// A command names a feed that is not there.
    case unknownFeed(String, known: [String])
    /// A feed file is wrong; the text names its place.
    case feeds(String)
    /// There is a vault whose master key is gone: a new key could not open it.
    case masterKeyLost(key: String, vault: String)
    /// The systemd credential of the master key is not there.
    case credentialMissing(String)
    /// The file of authorities for the way to the relay is of no use; `problem` says why.
    case authorities(path: String, problem: String)
    /// A file or folder cannot be made or written.
    case notWritable(path: String, reason: String)
    /// `init` has not been run, or the path is wrong.
    case noSpool(path: String)
    /// A command needs this secret.
    case secretMissing(String)
    /// Nothing was entered for this secret.
    case emptySecret(String)
    /// A secret holds what cannot belong to it: a second line, for example.
    case secretForm(String)
    /// No secret has this name.
    case unknownSecret(String, known: [String])
    /// The agent has no relay.
    case notPaired

    /// Somebody has to change something on this host.
    package var kind: FailureKind { .configuration }

    /// What is wrong, with the file or setting that it is about.
    package var sentence: String {
        switch self {
        case .unreadable(let path, let exists):
            exists
                ? "The configuration file \(path) cannot be read." : "There is no configuration file \(path)."
        case .invalid(let file, let line, let column, let problem):
            "\(file):\(line):\(column): \(problem)."
        case .unknownFeed(let name, let known):
            "\(name) is no feed; there are \(known.joined(separator: ", "))."
        case .feeds(let problem): "A feed file is wrong: \(problem)."
        case .masterKeyLost(let key, let vault):
            "The vault \(vault) is there and its master key \(key) is not: a new key could not open it."
        case .credentialMissing(let name): "The systemd credential \(name) is not there."
        case .authorities(let path, let problem): "The file of authorities \(path) \(problem)."
        case .notWritable(let path, let reason): "\(path) cannot be made: \(reason)."
        case .noSpool(let path): "There is no spool at \(path)."
        case .secretMissing(let name): "The secret \(name) is not in the vault."
        case .emptySecret(let name): "Nothing was entered for \(name)."
        case .secretForm(let name):
            "What was given for \(name) holds a line break or another control character."
        case .unknownSecret(let name, let known):
            "There is no secret named \(name); there are \(known.joined(separator: ", "))."
        case .notPaired: "This agent is not paired with a relay."
        }
    }

    /// The command or the change that mends it.
    package var remedy: String? {
        switch self {
        case .unreadable(_, let exists):
            exists
                ? "Run as the agent's user, or correct owner and mode."
                : "Run `ml-agent init`, or name the file with --config."
        case .invalid(let file, let line, _, _):
            "Correct line \(line) of \(file); `ml-agent init` writes an example with every setting."
        case .unknownFeed: "Correct the name, or put the feed's file into the folder of paths.feeds."
        case .feeds: "Correct the file in the folder of paths.feeds."
        case .masterKeyLost(_, let vault):
            "Put the key back, or move \(vault) away, run `ml-agent init`, set all secrets and pair anew."
        case .credentialMissing: "Run it as the service, or add LoadCredential= to the unit."
        case .authorities: "Correct relay.ca_file, or put certificates in PEM there."
        case .notWritable: "Correct owner, mode or path."
        case .noSpool: "Run `ml-agent init`, or correct paths.spool."
        case .secretMissing(let name): "Run `ml-agent secrets set \(name)`."
        case .emptySecret: "Write the value to standard input, or name its file with --file."
        case .secretForm: "Give the value alone, on one line."
        case .unknownSecret: "Correct the name."
        case .notPaired:
            "Run `ml-relay agents invite NAME` on the relay, then `ml-agent pair` with its token."
        }
    }
}
