/// What `init` writes: every setting with its meaning; `Packaging/agent.yaml` is the same text.
enum ExampleConfiguration {
    /// The text with these folders.
    static func text(configurationFolder: String, stateFolder: String) -> String {
        func path(_ folder: String, _ name: String) -> String { scalar("\(folder)/\(name)") }
        return """
            # ml-agent: reads SAP on this network and hands its events to the relay.
            # Every setting is here; what is commented out shows its default. Secrets never stand in this file:
            # `ml-agent secrets set sap.password` puts them into the vault.

            paths:
              vault: \(path(stateFolder, "vault"))             # sealed secrets, under:
              master_key: \(path(configurationFolder, "master.key"))       # or credential:NAME for a systemd credential
              spool: \(path(stateFolder, "spool.db"))          # what was seen, what waits; it alone may be lost
              # trace: \(path(stateFolder, "trace"))           # log files of SAP's library
              # feeds: \(path(configurationFolder, "feeds"))               # own feed files, beside or instead of the built-in ones

            source:
              name: ECC                                  # your name of the system
              host: sap.example.com                      # one application server, or instead of these two lines:
              system_number: "00"
              # message_server: sap.example.com
              # system_id: PRD
              # group: PUBLIC
              # router: /H/router.example.com/S/3299
              client: "100"
              user: ML_AGENT
              # language: EN
              library: /usr/local/sap/nwrfcsdk/lib/libsapnwrfc.so
              # readers: [RFC_READ_TABLE, BBP_RFC_READ_TABLE]   # tried in order
              # mode: live                               # polls a client that is not a production one, too
              # calls: 4                                 # at once, 1 to 50

            # feeds:                                     # all built-in feeds run unless they are switched off here
            #   purchase_order: {enabled: true, poll: 60s}
            #   vendor_invoice: {enabled: true, poll: 60s}

            # relay:                                     # its address and authority come from the pairing token
            #   proxy: http://proxy.example.com:3128     # its credentials: `ml-agent secrets set relay.proxy`
            #   ca_file: \(path(configurationFolder, "proxy-ca.pem"))      # authority of a proxy that inspects TLS

            # limits:
            #   spool: 2GiB                              # what may wait for the relay; when it is reached, polling stops
            #   kept: 512MiB                             # acknowledged batches, against a restore of the relay
            #   kept_age: 14d

            # log:
            #   level: info                              # trace, debug, info, notice, warning, error, critical
            #   format: text                             # or json

            """
    }

    /// A path as YAML reads it back: in quotes where it holds more than paths usually do.
    private static func scalar(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
        if isPlain { return path }
        return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
