internal import Programs
internal import YAMLDocument

extension RelayConfiguration {
    /// Decodes the text of a configuration file.
    /// - Throws: `CommandFailure` of kind `configuration` that names file, line and column.
    package static func decode(_ bytes: [UInt8], file: String) throws -> RelayConfiguration {
        do throws(YAMLError) {
            return try YAMLParser.parse(bytes: bytes, file: file).mapping(decode)
        } catch {
            throw CommandFailure(
                "The configuration is wrong at \(error).", remedy: "Correct the file and start again.",
                kind: .configuration)
        }
    }

    private static func decode(_ root: YAMLMapping) throws(YAMLError) -> RelayConfiguration {
        let agents = try root.mapping("agents") { map throws(YAMLError) in
            try listener(map, address: "address", scheme: ["https"])
        }
        let webhooks = try root.mapping("public") { map throws(YAMLError) in
            try listener(map, address: "url", scheme: ["https", "http"])
        }
        let tenants = try root.required("tenants")
        let configuration = RelayConfiguration(
            node: try root.string("node", default: "relay"),
            database: try root.string("database"),
            vault: try root.string("vault"),
            masterKey: try root.string("master_key"),
            agents: agents, webhooks: webhooks,
            sendTimes: try root.optionalMapping("send", sendTimes) ?? SendTimes(),
            providerAuthorities: try root.optionalString("provider_authorities"),
            tenants: try list(of: tenants, decode: TenantConfiguration.decode))
        guard !configuration.tenants.isEmpty else { throw tenants.error("at least one tenant is expected") }
        try unique(configuration.tenants.map(\.tenant.text), at: tenants)
        return configuration
    }

    private static func listener(
        _ map: YAMLMapping, address key: String, scheme: [String],
    ) throws(YAMLError) -> ListenerConfiguration {
        let node = try map.required("listen")
        guard let listen = ListenAddress(try node.string()) else {
            throw node.expected("HOST:PORT, for example 0.0.0.0:8443,")
        }
        let certificate: ListenerConfiguration.CertificateFiles?
        if let file = try map.optionalString("certificate") {
            certificate = .init(certificate: file, key: try map.string("key"))
        } else {
            certificate = nil
        }
        if key == "url", try !map.boolean("behind_proxy", default: false), certificate == nil,
            !listen.isLoopback
        {
            throw node.error(
                "plain HTTP is taken on loopback only; give certificate and key, or say behind_proxy: true")
        }
        let address = try baseAddress(map.required(key), schemes: scheme)
        return ListenerConfiguration(listen: listen, address: address, certificate: certificate)
    }

    /// `https://host[:port][/path]` without a slash at its end; `http` where it is allowed.
    static func baseAddress(_ node: YAMLNode, schemes: [String]) throws(YAMLError) -> String {
        let text = try node.string()
        let parts = text.split(separator: "://", maxSplits: 1)
        guard parts.count == 2, schemes.contains(String(parts[0])), !parts[1].hasPrefix("/"),
            !text.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" || $0 == "@" })
        else { throw node.expected("an address that begins with \(schemes.joined(separator: ":// or "))://") }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func sendTimes(_ map: YAMLMapping) throws(YAMLError) -> SendTimes {
        var times = SendTimes()
        let seconds = Duration.seconds(1)...Duration.seconds(86_400)
        times.requestTimeout = try map.duration("timeout", default: times.requestTimeout, in: seconds)
        times.startLimit = try map.duration("start_within", default: times.startLimit, in: seconds)
        times.sendLease = try map.duration("lease", default: times.sendLease, in: seconds)
        times.validity = try map.duration("validity", default: times.validity, in: seconds)
        times.listLag = try map.duration("list_lag", default: times.listLag, in: seconds)
        times.mailProofWait = try map.duration("email_proof_wait", default: times.mailProofWait, in: seconds)
        guard times.startLimit + times.requestTimeout <= times.sendLease else {
            throw map.node.error("lease has to be at least start_within and timeout together")
        }
        return times
    }

    static func list<Value>(
        of node: YAMLNode, decode: (YAMLMapping) throws(YAMLError) -> Value,
    ) throws(YAMLError) -> [Value] {
        var values: [Value] = []
        for item in try node.list() { values.append(try item.mapping(decode)) }
        return values
    }

    static func unique(_ names: [String], at node: YAMLNode) throws(YAMLError) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw node.error("\"\(name)\" is there twice")
        }
    }
}
