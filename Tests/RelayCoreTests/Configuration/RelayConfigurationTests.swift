import Foundation
import Programs
import TestSupport
import Testing

@testable import RelayCore

@Suite("The relay's configuration")
struct RelayConfigurationTests {
    private static let good = """
        node: relay-1
        database: /data/relay.db
        vault: /data/vault
        master_key: /data/key
        agents: { listen: "127.0.0.1:0", address: "https://127.0.0.1:8443" }
        public: { listen: "127.0.0.1:0", url: "http://127.0.0.1:8080/" }
        send: { timeout: 3s, lease: 45s, validity: 30s }
        tenants:
          - name: acme
            accounts:
              - name: twilio
                provider: twilio
                account_sid: AC00000000000000000000000000000000
                base_url: http://127.0.0.1:9000
                senders: { sms: { from: "+15005550006" } }
              - name: sendgrid
                provider: sendgrid
                senders: { email: { from: a@example.com, name: Alerts } }
        """

    private func decode(_ text: String) throws -> RelayConfiguration {
        try RelayConfiguration.decode(Array(text.utf8), file: "relay.yaml")
    }

    @Test("reads every setting")
    func reads() throws {
        let configuration = try decode(Self.good)
        #expect(configuration.webhooks.address == "http://127.0.0.1:8080")
        #expect(configuration.sendTimes.requestTimeout == .seconds(3))
        #expect(configuration.sendTimes.validity == .seconds(30))
        let accounts = try #require(configuration.tenants.first).accounts
        #expect(accounts.map(\.name) == ["twilio", "sendgrid"])
        #expect(accounts[0].senders["sms"] == .from("+15005550006"))
        #expect(accounts[1].baseURL == "https://api.sendgrid.com")
    }

    @Test("the example that is packed, and that init writes, can be read")
    func example() throws {
        let path = URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../../../Relay/Packaging/relay.yaml")
        let configuration = try RelayConfiguration.load(path: path.standardizedFileURL.path)
        #expect(configuration.tenants.map(\.tenant) == [.first])
    }

    @Test("a file that cannot be read says why: missing, or no file")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: CommandFailure.self) {
            try RelayConfiguration.load(path: folder.file("no.yaml"))
        }
        #expect(missing?.sentence == "There is no configuration file \(folder.file("no.yaml")).")
        let path = folder.file("folder")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let wrong = #expect(throws: CommandFailure.self) { try RelayConfiguration.load(path: path) }
        #expect(wrong?.sentence == "\(path) is not a file, so it is no configuration file.")
    }

    @Test(
        "names line, column and remedy of what is wrong",
        arguments: [
            ("node: relay-1", "nodes: relay-1", "unknown key"),
            ("name: acme", "name: ACME", "lower-case"),
            ("provider: twilio", "provider: twillio", "twilio"),
            ("http://127.0.0.1:9000", "http://api.example.com", "loopback only"),
            ("\"127.0.0.1:0\", url", "\"0.0.0.0:80\", url", "behind_proxy"),
            ("agents: { listen", "agents: { behind_proxy: true, listen", "unknown key"),
            ("https://127.0.0.1:8443", "http://127.0.0.1:8443", "https://"),
            ("lease: 45s", "lease: 10s", "at least start_within"),
            ("account_sid: AC0", "account_sid: XX0", "Account SID"),
            ("account_sid: AC00", "account_sid: AC..", "Account SID"),
            ("\"127.0.0.1:0\", url", "\"127.relay.example.com:80\", url", "behind_proxy"),
            ("name: acme", "name: acme\n    time_zone: Europe/Atlantis", "time zone"),
            ("name: acme", "name: acme\n    country: D1", "ISO 3166"),
            ("name: sendgrid", "name: twilio", "there twice"),
            ("sms: { from", "fax: { from", "no channel"),
        ])
    func refuses(_ wrong: (old: String, new: String, says: String)) throws {
        let text = Self.good.replacing(wrong.old, with: wrong.new)
        #expect(text != Self.good)
        let failure = #expect(throws: CommandFailure.self) { try decode(text) }
        #expect(failure?.kind == .configuration)
        #expect(failure?.sentence.contains(wrong.says) == true, "\(failure?.sentence ?? "")")
        #expect(failure?.sentence.contains("relay.yaml:") == true)
    }
}
