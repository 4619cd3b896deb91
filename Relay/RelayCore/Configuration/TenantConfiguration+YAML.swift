internal import Cryptography
internal import Foundation
internal import YAMLDocument

extension TenantConfiguration {
    static func decode(_ map: YAMLMapping) throws(YAMLError) -> TenantConfiguration {
        let name = try map.required("name")
        guard let tenant = TenantID(try name.string()) else {
            throw name.expected("a name of lower-case letters, digits and hyphens")
        }
        let country = map.optional("country")
        let code = try country?.string() ?? "DE"
        if let country, code.utf8.count != 2 || !code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
            throw country.expected("an ISO 3166 code such as DE")
        }
        let accounts = map.optional("accounts")
        let decoded = try accounts.map { node throws(YAMLError) in
            try RelayConfiguration.list(of: node, decode: AccountConfiguration.decode)
        }
        if let accounts, let decoded {
            try RelayConfiguration.unique(decoded.map(\.name), at: accounts)
            try RelayConfiguration.unique(decoded.flatMap { $0.senders.keys }, at: accounts)
        }
        return TenantConfiguration(
            tenant: tenant,
            title: try map.string("title", default: tenant.text),
            country: code,
            locale: try map.string("locale", default: "en"),
            timeZone: try timeZone(map),
            referencePolicy: try map.choice("ref_doc_no_policy", default: .flag),
            accounts: decoded ?? [])
    }
}

extension TenantConfiguration {
    private static func timeZone(_ map: YAMLMapping) throws(YAMLError) -> String {
        guard let node = map.optional("time_zone") else { return "UTC" }
        let name = try node.string()
        guard TimeZone(identifier: name) != nil else {
            throw node.expected("a time zone that this host knows, such as Europe/Berlin,")
        }
        return name
    }
}

extension AccountConfiguration {
    static func decode(_ map: YAMLMapping) throws(YAMLError) -> AccountConfiguration {
        let provider = try map.choice("provider", Provider.self)
        let identity: String
        switch provider {
        case .twilio:
            let node = try map.required("account_sid")
            identity = try node.string()
            let digits = Hexadecimal.decode(identity.dropFirst(2).lowercased())
            let isSID = identity.hasPrefix("AC") && digits?.count == 16
            guard isSID else { throw node.expected("an Account SID (AC and 32 hexadecimal digits)") }
        case .sendgrid: identity = ""
        }
        let nameNode = try map.required("name")
        let name = try nameNode.string()
        guard TenantID(name) != nil else {
            throw nameNode.expected("a name of lower-case letters, digits and hyphens")
        }
        return AccountConfiguration(
            name: name, provider: provider, identity: identity,
            baseURL: try map.optional("base_url").map { node throws(YAMLError) in try base(node) }
                ?? publicBaseURL(provider),
            senders: try senders(map.entries("senders"), provider: provider),
            perSecond: try map.integer("per_second", default: 10, in: 1...1_000))
    }

    /// `http` is taken on loopback only (DESIGN.md 6.5): credentials travel in every request.
    private static func base(_ node: YAMLNode) throws(YAMLError) -> String {
        let address = try RelayConfiguration.baseAddress(node, schemes: ["https", "http"])
        let host = address.split(separator: "://").last.map { $0.prefix { $0 != "/" } } ?? ""
        let isLoopback = ["127.0.0.1", "localhost", "[::1]"].contains { known in
            host == known || host.hasPrefix(known + ":")
        }
        if address.hasPrefix("http://"), !isLoopback { throw node.error("http is taken on loopback only") }
        return address
    }

    private static func senders(
        _ entries: [YAMLNode.Entry], provider: Provider,
    ) throws(YAMLError) -> [String: Sender] {
        var senders: [String: Sender] = [:]
        for entry in entries {
            switch (entry.key, provider) {
            case ("sms", .twilio):
                senders["sms"] = try entry.value.mapping { map throws(YAMLError) in
                    if let service = try map.optionalString("messaging_service_sid") {
                        return .messagingService(service)
                    }
                    return .from(try map.string("from"))
                }
            case ("email", .sendgrid):
                senders["email"] = try entry.value.mapping { map throws(YAMLError) in
                    .mail(try map.string("from"), name: try map.string("name", default: ""))
                }
            default:
                throw entry.place.error("\(provider.rawValue) sends no channel \"\(entry.key)\"")
            }
        }
        return senders
    }
}
