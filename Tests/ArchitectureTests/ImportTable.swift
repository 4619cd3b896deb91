/// What each folder may import of our own modules, and of packages that weigh something.
///
/// SwiftPM lets a file import what its dependencies depend on, so the borders need this table (the compiler's
/// import check lets transitive imports pass on Swift 6.3.1).
enum ImportTable {
    /// One border: the folder, the modules of ours that it may import, and why it ends there.
    struct Border: Sendable, CustomStringConvertible {
        let folder: String
        let allowed: Set<String>
        let reason: String
        var description: String { folder }
    }

    static let borders: [Border] = [
        Border("Sources/Values", [], "everything stands on Values, so it stands on nothing"),
        Border("Sources/Programs", [], "it is how every program speaks, of whichever side"),
        Border("Sources/Compression", ["CZlib"], "one owner per C library"),
        Border("Sources/Cryptography", ["COpenSSL"], "one owner per C library"),
        Border("Sources/HTTPTransport", ["CCurl", "COpenSSL"], "one owner per C library"),
        Border("Sources/SQLStore", ["CSQLite"], "one owner per C library"),
        Border("Sources/YAMLDocument", ["CLibYAML"], "one owner per C library"),
        Border(
            "Protocol/ConnectorProtocol", ["Values", "Compression", "Cryptography"],
            "what both sides agree on knows neither side"),
        Border("Agent/SAPAccess", ["Values", "HTTPTransport", "CSAPNWRFC"], "access to SAP knows no feed"),
        Border(
            "Agent/AgentCore",
            [
                "SAPAccess", "ConnectorProtocol", "Values", "Programs", "Cryptography", "HTTPTransport",
                "SQLStore",
                "YAMLDocument", "CAgentResources",
            ], "the agent never sees the relay's code, and carries no HTTP server"),
        Border(
            "Agent/ml-agent", ["AgentCore", "SAPAccess", "Values", "Programs"], "commands and wiring only"),
        Border("Relay/RuleLanguage", ["Values", "CRE2"], "the language knows no event and no store"),
        Border(
            "Relay/Messaging", ["Values", "HTTPTransport", "Cryptography"], "providers' clients know no rule"),
        Border(
            "Relay/RelayCore",
            [
                "RuleLanguage", "Messaging", "ConnectorProtocol", "Values", "Programs", "Cryptography",
                "HTTPTransport", "SQLStore", "YAMLDocument", "CRelayResources", "CPhoneNumber",
            ], "it decides and stores, and serves nothing"),
        Border(
            "Relay/RelayHTTP",
            ["RelayCore", "ConnectorProtocol", "Values", "Programs", "Cryptography", "CRelayResources"],
            "routes and pages decide nothing"),
        Border(
            "Relay/ml-relay", ["RelayHTTP", "RelayCore", "SQLStore", "Values", "Programs"],
            "commands and wiring only"),
        Border(
            "Sources/SAPSimulator", ["SQLStore", "Programs"], "a judge shares no code with what it judges"),
        Border(
            "Sources/TwilioSimulator", ["SQLStore", "Programs"], "a judge shares no code with what it judges"),
        Border("Sources/sap-ecc-sim", ["SAPSimulator", "Programs"], "commands and wiring only"),
        Border("Sources/twilio-sim", ["TwilioSimulator", "Programs"], "commands and wiring only"),
        Border("Sources/WholeChain", ["SQLStore", "Programs"], "it drives programs and calls into none"),
        Border("Sources/ml-demo", ["WholeChain", "Programs"], "commands and wiring only"),
    ]

    /// Modules of packages that only the named folders may import.
    static let packages: [(modules: Set<String>, folders: [String], reason: String)] = [
        (
            ["Hummingbird", "HummingbirdTLS", "NIOCore", "NIOPosix", "NIOSSL", "NIOHTTP1"],
            ["Relay/RelayHTTP", "Sources/SAPSimulator", "Sources/TwilioSimulator"],
            "the HTTP server stays out of rules, outbox and agent"
        ),
        (["SwiftProtobuf"], ["Protocol/ConnectorProtocol"], "one module owns the wire format"),
        (
            ["Mustache"], ["Relay/RelayCore/Templates", "Relay/RelayHTTP/Console"],
            "one owner per template engine"
        ),
        (
            ["AsyncHTTPClient", "Crypto"], ["Sources/SAPSimulator", "Sources/TwilioSimulator"],
            "the product's own client and cryptography are HTTPTransport and Cryptography"
        ),
        (["Subprocess"], ["Sources/WholeChain"], "one owner of child processes"),
        (
            ["Foundation"],
            [
                "Relay", "Sources/SAPSimulator", "Sources/sap-ecc-sim", "Sources/TwilioSimulator",
                "Sources/WholeChain",
                "Sources/ml-demo",
            ],
            "Foundation's ICU adds 45 MB to the agent; FoundationEssentials does not"
        ),
    ]

    /// Narrower borders inside a module: the imported module, and the only folders that may see it.
    static let owners: [(module: String, within: String, folders: [String])] = [
        ("CSAPNWRFC", "Agent", ["Agent/SAPAccess/RFC"]),
        ("CPhoneNumber", "Relay", ["Relay/RelayCore/Directory/PhoneNumber"]),
    ]
}

extension ImportTable.Border {
    init(_ folder: String, _ allowed: Set<String>, _ reason: String) {
        self.init(folder: folder, allowed: allowed, reason: reason)
    }
}
