/// What a simulator is started with.
package struct SimulatorSettings: Sendable {
    /// The ledger's file; made when it is missing.
    package var ledgerPath: String
    /// Decides every fault that has a probability, and every identifier.
    package var seed: UInt64
    /// The account, `AC` and 32 hexadecimal digits.
    package var accountSID: String
    /// The account's primary Auth Token: the password of the REST API and the key of the callbacks' signatures.
    package var authToken: String
    /// The key of SendGrid's API, `SG.…`.
    package var sendGridKey: String
    /// Loopback port of the REST APIs; 0 lets the kernel choose.
    package var apiPort = 0
    /// Loopback port of the control API; 0 lets the kernel choose.
    package var controlPort = 0
    /// A PEM file with the authority that signed the certificates of https callbacks; nil for the system's.
    package var callbackCAPath: String?
    /// What may be changed while it runs; what was changed counts again for the next simulator with this ledger.
    package var play = PlaySettings()

    /// Settings with ports chosen by the kernel.
    package init(ledgerPath: String, seed: UInt64, accountSID: String, authToken: String, sendGridKey: String)
    {
        self.ledgerPath = ledgerPath
        self.seed = seed
        self.accountSID = accountSID
        self.authToken = authToken
        self.sendGridKey = sendGridKey
    }
}

/// How deliveries play themselves; `PUT /settings` of the control API changes them while it runs.
package struct PlaySettings: Codable, Hashable, Sendable {
    /// From accepting to `sent` or `processed`, in milliseconds.
    package var sentDelayMs = 50
    /// From accepting to the end of the delivery, in milliseconds.
    package var deliveredDelayMs = 150
    /// How long a new message stays out of the list, in milliseconds.
    package var listLagMs = 0
    /// Where SendGrid's events go; nil posts none.
    package var eventWebhookURL: String?

    /// The defaults.
    package init() {}
}
