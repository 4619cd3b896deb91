import AgentCore
import Programs
import Testing

@Suite("The agent's configuration file")
struct AgentConfigurationTests {
    static let smallest = """
        paths:
          vault: /var/lib/ml-agent/vault
          master_key: /etc/ml-agent/master.key
          spool: /var/lib/ml-agent/spool.db
        source:
          name: ECC
          host: sap.example.com
          system_number: "00"
          client: "100"
          user: ML_AGENT
          library: /opt/nwrfcsdk/lib/libsapnwrfc.so
        """

    /// The smallest file with one text put in place of another, and what is said of it.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let place: String
        let problem: String
        var testDescription: String { problem }
    }

    static let wrong = [
        Wrong(
            old: "  user:", new: "  usr:", place: "10:3",
            problem: "unknown key \"usr\"; did you mean \"user\"?"),
        Wrong(
            old: "  host:", new: "  hosst:", place: "7:3",
            problem: "unknown key \"hosst\"; did you mean \"host\"?"),
        Wrong(
            old: "client: \"100\"", new: "client: 10", place: "9:11",
            problem: "source.client: 3 digits is expected, not \"10\""),
        Wrong(
            old: "\"00\"", new: "\"0\"", place: "8:18",
            problem: "source.system_number: 2 digits is expected, not \"0\""),
        Wrong(
            old: "/opt/nwrfcsdk", new: "nwrfcsdk", place: "11:12",
            problem:
                "source.library: an absolute path is expected, not \"nwrfcsdk/lib/libsapnwrfc.so\""),
        Wrong(
            old: "  user: ML_AGENT", new: "  user: ML_AGENT\n  calls: 51", place: "11:10",
            problem: "source.calls: a whole number from 1 to 50 is expected, not \"51\""),
        Wrong(
            old: "  user: ML_AGENT", new: "  user: ML_AGENT\n  mode: lve", place: "11:9",
            problem: "source.mode: one of live is expected, not \"lve\"; did you mean \"live\"?"),
        Wrong(
            old: "  user: ML_AGENT", new: "  user: ML_AGENT\n  password: secret", place: "11:3",
            problem: "unknown key \"password\""),
        Wrong(
            old: "/etc/ml-agent/master.key", new: "/var/lib/ml-agent/vault", place: "3:15",
            problem: "vault and master key have to be two files"),
        Wrong(
            old: "paths:", new: "relay: {proxy: \"http://a:b@proxy:3128\"}\npaths:", place: "1:16",
            problem: "credentials do not belong into this file"),
        Wrong(
            old: "paths:", new: "feeds: {purchase_order: {poll: soon}}\npaths:", place: "1:32",
            problem: "a duration such as 60s, 15m, 2h or 14d is expected, not \"soon\""),
        Wrong(
            old: "/var/lib/ml-agent/spool.db", new: "/var/lib/ml-agent/vault", place: "",
            problem: "the spool has to be a file of its own"),
        Wrong(
            old: "user: ML_AGENT", new: "user: ML_AGENT_OF_TOO_LONG_A_NAME", place: "",
            problem: "1 to 12 characters is expected"),
        Wrong(old: "paths:", new: "pahts:", place: "1:1", problem: "did you mean \"paths\"?"),
        Wrong(old: "paths:", new: "paths: &a", place: "1:", problem: "anchor"),
    ]

    @Test("An error names file, line, column, what is meant and what to do", arguments: wrong)
    func refuses(_ wrong: Wrong) throws {
        let text = Self.smallest.replacing(wrong.old, with: wrong.new, maxReplacements: 1)
        let error = try #require(throws: ConfigurationError.self) {
            _ = try AgentConfiguration.parse(text, file: "agent.yaml")
        }
        #expect(error.sentence.hasPrefix("agent.yaml:\(wrong.place)"), "\(error)")
        #expect(error.sentence.contains(wrong.problem), "\(error)")
        #expect(error.description.contains("Remedy: Correct line"))
        #expect(error.kind == .configuration)
    }

    @Test("What is left out has the defaults of the design")
    func defaults() throws {
        let configuration = try AgentConfiguration.parse(Self.smallest, file: "agent.yaml")
        #expect(configuration.source.calls == 4)
        #expect(configuration.source.mode == nil)
        #expect(configuration.source.language == "EN")
        #expect(configuration.limits == SpoolLimits())
        #expect(configuration.paths.trace == "/var/lib/ml-agent/trace")
        #expect(configuration.feed("purchase_order").isOn)
    }

    @Test("Everything that may be set is read")
    func everything() throws {
        let more = """
              message_server: ms.example.com
              system_id: PRD
              mode: live
              calls: 7
              language: de
            feeds:
              vendor_invoice: {enabled: false}
              purchase_order: {poll: 5s}
            relay: {proxy: "http://proxy:3128", ca_file: /etc/ca.pem}
            limits: {spool: 1GiB, kept: 64MiB, kept_age: 7d}
            log: {level: debug, format: json}
            """
        let configuration = try AgentConfiguration.parse(
            Self.smallest.replacing("  host: sap.example.com\n  system_number: \"00\"\n", with: "") + "\n"
                + more, file: "agent.yaml")
        #expect(
            configuration.source.server
                == .group(messageServer: "ms.example.com", systemID: "PRD", group: "PUBLIC"))
        #expect(configuration.source.mode == .live)
        #expect(configuration.source.language == "DE")
        #expect(!configuration.feed("vendor_invoice").isOn)
        #expect(configuration.feed("purchase_order").interval == .seconds(5))
        #expect(configuration.relay.authorityFile == "/etc/ca.pem")
        #expect(configuration.limits.spoolBytesLimit == 1 << 30)
        #expect(configuration.log.format == .json)
    }

    @Test("A feed that nobody defines is refused by its name and line")
    func unknownFeed() throws {
        let configuration = try AgentConfiguration.parse(
            Self.smallest + "\nfeeds:\n  purchase_oder: {}\n", file: "agent.yaml")
        let known = ["purchase_order", "vendor_invoice"]
        let error = try #require(throws: ConfigurationError.self) {
            try configuration.check(feeds: known, file: "agent.yaml")
        }
        #expect(
            error.sentence
                == "agent.yaml:13:3: purchase_oder is no feed; there are purchase_order, vendor_invoice.")
    }
}
