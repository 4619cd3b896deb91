/// How a chain is set up: pace, times and policy.
package struct ChainSettings: Sendable {
    /// Times of sending, as the relay's configuration takes them.
    package struct SendTimes: Sendable {
        /// `send:` of the relay's configuration, without indentation; empty for the defaults.
        package let yaml: String

        /// Those that a relay has anyway.
        package static let defaults = SendTimes(yaml: "")
        /// Short ones, so that what is unconfirmed is settled within a run of minutes.
        package static let short = SendTimes(
            yaml: """
                timeout: 3s
                start_within: 5s
                lease: 10s
                validity: 30s
                list_lag: 2s
                email_proof_wait: 20s
                """)
    }

    /// What every seeded choice of the stand-ins hangs on.
    package var seed: UInt64 = 1
    /// How often the agent asks SAP for documents; nil for the feeds' own intervals.
    package var pollSeconds: Int? = 2
    /// Times of sending.
    package var sendTimes = SendTimes.defaults
    /// `at-most-once` or `at-least-once`, for every rule.
    package var deliveryPolicy = "at-most-once"
    /// From accepting to `sent`, and to the end of the delivery, in milliseconds.
    package var sentDelayMilliseconds = 50
    package var deliveredDelayMilliseconds = 200
    /// How long a new message stays out of Twilio's list, in milliseconds.
    package var listLagMilliseconds = 0
    /// Whether Ctrl-C on a terminal passes the programs by: for a driver that hears it and ends them in its own time.
    package var outlivesCtrlC = false
    /// Where the relay's database and the agent's spool are; nil for the chain's own folder.
    package var databaseFolder: String?
    package var spoolFolder: String?
    /// Concurrent calls of SAP.
    package var callBudget = 4

    /// The defaults.
    package init() {}
}
