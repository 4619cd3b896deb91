// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// Wrappers of C libraries mark every unsafe use (STYLE: "C").
let memorySafe: [SwiftSetting] = strict + [.strictMemorySafety()]

/// A library target of ours, in `folder/name`.
func module(
    _ name: String, in folder: String, _ dependencies: [Target.Dependency] = [],
    settings: [SwiftSetting] = strict,
) -> Target {
    .target(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: settings)
}
/// A program of ours: commands and wiring only.
func program(
    _ name: String, in folder: String, _ dependencies: [Target.Dependency], link: [LinkerSetting] = [],
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: strict,
        linkerSettings: link)
}
func system(_ name: String, in folder: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "\(folder)/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}
/// A C target of ours.
///
/// `link` names system libraries, `exclude` what lies in the folder and is not compiled. Strict C hides clocks, sockets and `dladdr` unless `_GNU_SOURCE` asks for them.
func native(
    _ name: String, at path: String, link: [String] = [], exclude: [String] = [],
    dependencies: [Target.Dependency] = [],
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude,
        cSettings: [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")],
        cxxSettings: [.treatAllWarnings(as: .error)],
        linkerSettings: link.map { .linkedLibrary($0) })
}
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict
    )
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "ml-connector",
    products: [
        .executable(name: "ml-agent", targets: ["ml-agent"]),
        .executable(name: "ml-relay", targets: ["ml-relay"]),
        .executable(name: "sap-ecc-sim", targets: ["sap-ecc-sim"]),
        .executable(name: "twilio-sim", targets: ["twilio-sim"]),
        .executable(name: "ml-demo", targets: ["ml-demo"]),
        .library(name: "sapnwrfc-sim", type: .dynamic, targets: ["SAPSimulatorSDK"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    ],
    targets: [
        // What both sides stand on
        system("CCurl", in: "Sources", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("COpenSSL", in: "Sources", pkgConfig: "openssl", apt: "libssl-dev"),
        system("CZlib", in: "Sources", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CSQLite", in: "Sources", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CLibYAML", in: "Sources", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        native("CSAPNWRFC", at: "Sources/CSAPNWRFC"),
        module("Values", in: "Sources"),
        module("Programs", in: "Sources", [argumentParser, logging]),
        module("Compression", in: "Sources", ["CZlib"], settings: memorySafe),
        module("Cryptography", in: "Sources", ["COpenSSL"], settings: memorySafe),
        module("HTTPTransport", in: "Sources", ["CCurl", "COpenSSL"], settings: memorySafe),
        module("SQLStore", in: "Sources", ["CSQLite"], settings: memorySafe),
        module("YAMLDocument", in: "Sources", ["CLibYAML"], settings: memorySafe),

        // What agent and relay agree on
        module("ConnectorProtocol", in: "Protocol", ["Values", "Compression", "Cryptography", protobuf]),

        // The agent
        module(
            "SAPAccess", in: "Agent", ["Values", "HTTPTransport", "CSAPNWRFC", lifecycle, logging],
            settings: memorySafe),
        native("CAgentResources", at: "Agent/Resources", exclude: ["Feeds", "Migrations"]),
        module(
            "AgentCore", in: "Agent",
            [
                "SAPAccess", "ConnectorProtocol", "Values", "Programs", "Cryptography", "HTTPTransport",
                "SQLStore",
                "YAMLDocument", "CAgentResources", lifecycle, logging,
            ]),
        program(
            "ml-agent", in: "Agent",
            ["AgentCore", "SAPAccess", "Values", "Programs", argumentParser, lifecycle, signals, logging],
            // Nobody looks symbols up in it: without their names it is 1.5 MB smaller.
            link: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))]),

        // The relay
        native("CRE2", at: "Relay/CRE2", link: ["re2"]),
        native("CPhoneNumber", at: "Relay/CPhoneNumber", link: ["phonenumber"]),
        module("RuleLanguage", in: "Relay", ["Values", "CRE2"]),
        module("Messaging", in: "Relay", ["Values", "HTTPTransport", "Cryptography"]),
        native("CRelayResources", at: "Relay/Resources", exclude: ["Migrations", "Catalogue"]),
        module(
            "RelayCore", in: "Relay",
            [
                "RuleLanguage", "Messaging", "ConnectorProtocol", "Values", "Programs", "Cryptography",
                "HTTPTransport", "SQLStore", "YAMLDocument", "CRelayResources", "CPhoneNumber", mustache,
                lifecycle,
                logging,
            ]),
        module(
            "RelayHTTP", in: "Relay",
            [
                "RelayCore", "ConnectorProtocol", "Values", "Programs", "Cryptography", "CRelayResources",
                hummingbird,
                hummingbirdCore, hummingbirdTLS, nioCore, nioSSL, httpTypes, lifecycle, logging,
            ]),
        program(
            "ml-relay", in: "Relay",
            [
                "RelayHTTP", "RelayCore", "SQLStore", "Values", "Programs", argumentParser, lifecycle,
                signals, logging,
            ]),

        // The stand-ins, and the driver of the whole chain
        module(
            "SAPSimulator", in: "Sources",
            ["SQLStore", "Programs", hummingbird, nioCore, nioPosix, lifecycle, logging, crypto]),
        program(
            "sap-ecc-sim", in: "Sources",
            ["SAPSimulator", "Programs", argumentParser, lifecycle, signals, logging]),
        native("SAPSimulatorSDK", at: "Sources/SAPSimulatorSDK"),
        module(
            "TwilioSimulator", in: "Sources",
            [
                "SQLStore", "Programs", hummingbird, httpTypes, nioCore, nioHTTP1, nioSSL, asyncHTTPClient,
                crypto,
                lifecycle, logging,
            ]),
        program(
            "twilio-sim", in: "Sources",
            ["TwilioSimulator", "Programs", argumentParser, lifecycle, signals, logging]),
        module("WholeChain", in: "Sources", ["SQLStore", subprocess, systemPackage]),
        program("ml-demo", in: "Sources", ["WholeChain", "Programs", argumentParser, lifecycle, signals]),

        // Tests
        module("TestSupport", in: "Tests"),
        module("SQLStoreConformance", in: "Tests", ["SQLStore"]),
        native("BareRFCLoop", at: "Tests/BareRFCLoop", dependencies: ["CSAPNWRFC"]),
        tests("ArchitectureTests", []),
        tests("ValuesTests", ["Values", "TestSupport"]),
        tests("ProgramsTests", ["Programs", "TestSupport", argumentParser, logging]),
        tests("CompressionTests", ["Compression", "TestSupport"]),
        tests("CryptographyTests", ["Cryptography", "TestSupport"]),
        tests(
            "HTTPTransportTests", ["HTTPTransport", "Cryptography", "TestSupport", nioCore, nioPosix, nioSSL]),
        tests("SQLStoreTests", ["SQLStore", "SQLStoreConformance", "TestSupport"]),
        tests("YAMLDocumentTests", ["YAMLDocument", "TestSupport"]),
        tests(
            "ConnectorProtocolTests",
            ["ConnectorProtocol", "Values", "Cryptography", "Compression", "TestSupport", protobuf]),
        tests("SAPAccessTests", ["SAPAccess", "Values", "CSAPNWRFC", "TestSupport", lifecycle, logging]),
        tests(
            "AgentCoreTests",
            [
                "AgentCore", "SAPAccess", "ConnectorProtocol", "Values", "SQLStore", "Cryptography",
                "YAMLDocument",
                "HTTPTransport", "Programs", "Compression", "TestSupport", logging, lifecycle,
            ]),
        tests("RuleLanguageTests", ["RuleLanguage", "Values", "TestSupport"]),
        tests("RuleConformance", ["RuleLanguage", "Values"]),
        tests("MessagingTests", ["Messaging", "HTTPTransport", "Cryptography", "Values", "TestSupport"]),
        tests(
            "RelayCoreTests",
            [
                "RelayCore", "RuleLanguage", "Messaging", "ConnectorProtocol", "HTTPTransport", "Values",
                "SQLStore",
                "Cryptography", "YAMLDocument", "Compression", "TestSupport", logging, lifecycle,
            ]),
        tests(
            "RelayHTTPTests",
            [
                "RelayHTTP", "RelayCore", "AgentCore", "ConnectorProtocol", "Messaging", "Values", "SQLStore",
                "Cryptography",
                "HTTPTransport", "Compression", "TestSupport", hummingbird, hummingbirdTesting, lifecycle,
                logging,
            ]),
        tests("SAPSimulatorTests", ["SAPSimulator", "SQLStore", "TestSupport", asyncHTTPClient]),
        tests(
            "TwilioSimulatorTests",
            [
                "TwilioSimulator", "SQLStore", "TestSupport", asyncHTTPClient, hummingbird, nioCore, nioHTTP1,
                logging,
            ]),
        tests("WholeChainTests", ["WholeChain", "TestSupport"]),
        tests("Integration", ["WholeChain", "TwilioSimulator", "SQLStore"]),
        tests("Chaos", ["WholeChain", "TestSupport"]),
        program(
            "Benchmarks", in: "Tests",
            [
                "WholeChain", "SAPAccess", "RelayCore", "ConnectorProtocol", "Values", "SQLStore", "CSQLite",
                "Cryptography", "Programs", "BareRFCLoop", "TestSupport", argumentParser, logging,
            ]),
    ],
    cLanguageStandard: .c2x,
    cxxLanguageStandard: .cxx17
)
