internal import Logging
internal import Programs
internal import YAMLDocument

/// The form of `agent.yaml`: every key is known, or refused with the one that was probably meant.
extension AgentConfiguration {
    init(node: YAMLNode) throws(YAMLError) {
        guard !node.isNull else { throw node.error("the file is empty") }
        self = try node.mapping { (root) throws(YAMLError) in
            AgentConfiguration(
                paths: try root.mapping("paths", AgentPaths.init(yaml:)),
                source: try root.mapping("source", SourceConfiguration.init(yaml:)),
                feeds: try Self.feeds(root),
                relay: try root.optionalMapping("relay", RelayConfiguration.init(yaml:))
                    ?? RelayConfiguration(),
                limits: try root.optionalMapping("limits", SpoolLimits.init(yaml:)) ?? SpoolLimits(),
                log: try root.optionalMapping("log", LogConfiguration.init(yaml:)) ?? LogConfiguration())
        }
    }

    private static func feeds(_ root: YAMLMapping) throws(YAMLError) -> [FeedConfiguration] {
        var feeds: [FeedConfiguration] = []
        for entry in try root.entries("feeds") {
            feeds.append(
                try entry.value.mapping { (feed) throws(YAMLError) in
                    FeedConfiguration(
                        name: entry.key, isOn: try feed.boolean("enabled", default: true),
                        interval: try feed.optional("poll")?.duration(in: pollRange), line: entry.place.line,
                        column: entry.place.column)
                })
        }
        return feeds
    }

    /// Faster makes SAP work for nothing; slower than a day outruns the first tiers.
    private static let pollRange: ClosedRange<Duration> = .milliseconds(100) ... .seconds(86_400)
}

extension AgentPaths {
    fileprivate init(yaml: YAMLMapping) throws(YAMLError) {
        let spool = try yaml.required("spool").path()
        let key = try yaml.required("master_key")
        let keyText = try key.string()
        let credential = "credential:"
        let place: MasterKeyPlace =
            keyText.hasPrefix(credential)
            ? .credential(String(keyText.dropFirst(credential.count))) : .file(try key.path())
        let vault = try yaml.required("vault").path()
        guard place != .file(vault) else {
            throw key.error("vault and master key have to be two files")
        }
        guard spool != vault, place != .file(spool) else {
            throw key.error("the spool has to be a file of its own")
        }
        self.init(
            vault: vault, masterKey: place, spool: spool, feeds: try yaml.optional("feeds")?.path(),
            trace: try yaml.optional("trace")?.path() ?? AgentPaths.folder(of: spool) + "/trace")
    }
}

extension SourceConfiguration {
    fileprivate init(yaml: YAMLMapping) throws(YAMLError) {
        let readers = try yaml.strings("readers")
        self.init(
            name: try yaml.required("name").matching("letters, digits, - and _", 1...40) {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
            },
            server: try Server(yaml: yaml), router: try yaml.optionalString("router"),
            client: try yaml.required("client").digits(3),
            user: try yaml.required("user").matching("1 to 12 characters", 1...12) { !$0.isWhitespace },
            language: try yaml.optional("language")?.matching("two letters", 2...2) {
                $0.isASCII && $0.isLetter
            }.uppercased() ?? "EN", library: try yaml.required("library").path(),
            readers: readers.isEmpty ? Self.defaultReaders : readers,
            mode: try yaml.optional("mode")?.choice(),
            calls: try yaml.integer("calls", default: 4, in: 1...50))
    }
}

extension SourceConfiguration.Server {
    fileprivate init(yaml: YAMLMapping) throws(YAMLError) {
        if let server = try yaml.optionalString("message_server") {
            self = .group(
                messageServer: server,
                systemID: try yaml.required("system_id").matching("three letters or digits", 3...3) {
                    $0.isASCII && ($0.isLetter || $0.isNumber)
                },
                group: try yaml.string("group", default: "PUBLIC"))
        } else {
            self = .application(
                host: try yaml.string("host"), systemNumber: try yaml.required("system_number").digits(2))
        }
    }
}

extension RelayConfiguration {
    fileprivate init(yaml: YAMLMapping) throws(YAMLError) {
        let proxy = yaml.optional("proxy")
        let address = try proxy?.string()
        if let proxy, let address {
            guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
                throw proxy.expected("an address such as http://proxy.example.com:3128")
            }
            guard !address.contains("@") else {
                throw proxy.error(
                    "credentials do not belong into this file; use `ml-agent secrets set relay.proxy`")
            }
        }
        self.init(proxy: address, authorityFile: try yaml.optional("ca_file")?.path())
    }
}

extension SpoolLimits {
    fileprivate init(yaml: YAMLMapping) throws(YAMLError) {
        self.init()
        spoolBytesLimit = Int64(try yaml.byteCount("spool", default: Int(spoolBytesLimit)))
        keptBytesLimit = Int64(try yaml.byteCount("kept", default: Int(keptBytesLimit)))
        keptAge = try yaml.duration(
            "kept_age", default: keptAge, in: .seconds(86_400) ... .seconds(86_400 * 400))
    }
}

extension LogConfiguration {
    fileprivate init(yaml: YAMLMapping) throws(YAMLError) {
        self.init()
        if let node = yaml.optional("level") {
            level = try node.choice(Logger.Level.self).rawValue
        }
        format = try yaml.choice("format", default: format)
    }
}

extension YAMLNode {
    /// An absolute path: a program started by systemd has no working directory of its own.
    fileprivate func path() throws(YAMLError) -> String {
        let text = try string()
        guard text.hasPrefix("/"), text.count > 1 else { throw expected("an absolute path") }
        return text
    }

    /// So many digits: YAML readers take 00 without quotes for a number, this one keeps what was written.
    fileprivate func digits(_ count: Int) throws(YAMLError) -> String {
        try matching("\(count) digits", count...count) { $0.isASCII && $0.isNumber }
    }

    fileprivate func matching(
        _ form: String, _ length: ClosedRange<Int>, _ isAllowed: (Character) -> Bool,
    ) throws(YAMLError) -> String {
        let text = try string()
        guard length.contains(text.count), text.allSatisfy(isAllowed) else { throw expected(form) }
        return text
    }
}
