/// What `init` writes: every setting with its meaning.
enum ExampleConfiguration {
    static func text(folder: String) -> String {
        """
        # ml-relay: takes signed batches from agents, runs rules, sends through Twilio and SendGrid.
        node: relay-1
        database: \(folder)/relay.db
        vault: \(folder)/relay.vault            # the relay's own keys, sealed under:
        master_key: \(folder)/master.key        # keep it out of every backup that holds the other two

        # Agents connect here, always by TLS. Without certificate and key the relay issues a certificate from
        # its own authority, which agents learn from the pairing token.
        agents:
          listen: 0.0.0.0:8443
          address: https://relay.example.com:8443
          # certificate: /etc/ml-relay/chain.pem
          # key: /etc/ml-relay/key.pem

        # Webhooks of Twilio and SendGrid. The url is what providers call; it is signed, so it has to be exact.
        public:
          listen: 127.0.0.1:8080
          url: https://hooks.example.com
          # behind_proxy: true      # plain HTTP on another address than loopback

        # send:                     # the defaults
        #   timeout: 30s
        #   start_within: 40s
        #   lease: 90s
        #   validity: 15m
        #   list_lag: 15m
        #   email_proof_wait: 10m

        tenants:
          - name: default
            title: Example Ltd
            country: DE             # for phone numbers written without a country
            locale: en
            time_zone: Europe/Berlin
            ref_doc_no_policy: flag # flag, suppress or send
            accounts:
              - name: twilio        # its secret: ml-relay secrets set twilio.auth_token
                provider: twilio
                account_sid: AC00000000000000000000000000000000
                senders:
                  sms: { from: "+15005550006" }
                  # sms: { messaging_service_sid: MG00000000000000000000000000000000 }
              - name: sendgrid      # its secrets: sendgrid.api_key and sendgrid.event_public_key
                provider: sendgrid
                senders:
                  email: { from: alerts@example.com, name: Example Alerts }

        """
    }
}
