/// The configuration files of relay and agent in a chain.
struct ChainConfiguration: Sendable {
    let folder: ChainFolder
    let settings: ChainSettings
    let library: String
    let relayAgentsPort: Int
    let relayPublicPort: Int
    let twilioPort: Int

    static let accountSID = "AC00000000000000000000000000000007"

    var relay: String {
        let send = settings.sendTimes.yaml.split(separator: "\n").map { "  \($0)\n" }.joined()
        return """
            node: chain
            database: \(settings.databaseFolder ?? folder.path)/relay.db
            vault: \(folder.file("relay.vault"))
            master_key: \(folder.file("relay.key"))
            agents:
              listen: 127.0.0.1:\(relayAgentsPort)
              address: https://127.0.0.1:\(relayAgentsPort)
            public:
              listen: 127.0.0.1:\(relayPublicPort)
              url: http://127.0.0.1:\(relayPublicPort)
            \(send.isEmpty ? "" : "send:\n" + send)
            tenants:
              - name: default
                title: Demo
                country: DE
                accounts:
                  - name: twilio
                    provider: twilio
                    account_sid: \(Self.accountSID)
                    base_url: http://127.0.0.1:\(twilioPort)
                    senders: { sms: { from: "+4915735990000" } }
                    per_second: 100
                  - name: sendgrid
                    provider: sendgrid
                    base_url: http://127.0.0.1:\(twilioPort)
                    senders: { email: { from: alerts@example.com, name: Alerts } }
                    per_second: 100

            """
    }
}

extension ChainConfiguration {
    var agent: String {
        """
        paths:
          vault: \(folder.file("agent.vault"))
          master_key: \(folder.file("agent.key"))
          spool: \(settings.spoolFolder ?? folder.path)/spool.db
        source:
          name: ECC
          host: 127.0.0.1
          system_number: "00"
          client: "100"
          user: MLCONN
          library: \(library)
          calls: \(settings.callBudget)
        \(feeds)
        """
    }

    private var feeds: String {
        guard let seconds = settings.pollSeconds else { return "" }
        return """
            feeds:
              purchase_order: { poll: \(seconds)s }
              vendor_invoice: { poll: \(seconds)s }

            """
    }
}
