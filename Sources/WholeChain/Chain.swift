import Foundation

/// The whole chain on this machine: SAP stand-in, agent, relay and Twilio stand-in, each a process of its own.
package final class Chain: Sendable {
    /// Where its files and logs are.
    package let folder: ChainFolder
    /// How it is set up.
    package let settings: ChainSettings
    package let sap: Program
    package let twilio: Program
    package let relay: Program
    package let agent: Program
    /// The stand-ins' control ports.
    package let sapControl: ControlPort
    package let twilioControl: ControlPort
    private let programs: ChainPrograms
    private let configuration: ChainConfiguration
    private let ports: ReservedPorts

    /// The relay's public port, as webhooks call it.
    package var publicAddress: String { "http://127.0.0.1:\(configuration.relayPublicPort)" }

    private init(folder: ChainFolder, settings: ChainSettings, programs: ChainPrograms) throws {
        self.folder = folder
        self.settings = settings
        self.programs = programs
        self.ports = try ReservedPorts(6)
        let ports = self.ports.numbers
        configuration = ChainConfiguration(
            folder: folder, settings: settings, library: programs.library, relayAgentsPort: ports[0],
            relayPublicPort: ports[1], twilioPort: ports[2])
        sap = Program(
            name: "sap-ecc-sim", executable: programs.sapECCSim,
            arguments: [
                "serve", "--rfc-port", "\(ports[3])", "--control-port", "\(ports[4])", "--ledger",
                folder.file("sap.db"), "--password-file", folder.file("sap.password"), "--seed",
                "\(settings.seed)",
            ], logFile: folder.file("sap-ecc-sim.log"), hasOwnGroup: settings.outlivesCtrlC)
        twilio = Program(
            name: "twilio-sim", executable: programs.twilioSim,
            arguments: [
                "serve", "--port", "\(ports[2])", "--control-port", "\(ports[5])", "--ledger",
                folder.file("twilio.db"), "--seed", "\(settings.seed)", "--account-sid",
                ChainConfiguration.accountSID, "--auth-token-file", folder.file("twilio.token"),
                "--sendgrid-key-file", folder.file("sendgrid.key"),
            ], logFile: folder.file("twilio-sim.log"), hasOwnGroup: settings.outlivesCtrlC)
        relay = Program(
            name: "ml-relay", executable: programs.relay,
            arguments: ["run", "--config", folder.file("relay.yaml")], logFile: folder.file("ml-relay.log"),
            hasOwnGroup: settings.outlivesCtrlC)
        agent = Program(
            name: "ml-agent", executable: programs.agent,
            arguments: ["--config", folder.file("agent.yaml"), "run"],
            environment: ["SAP_ECC_SIM": "127.0.0.1:\(ports[3])"], logFile: folder.file("ml-agent.log"),
            saysReady: false, hasOwnGroup: settings.outlivesCtrlC)
        sapControl = ControlPort(port: ports[4])
        twilioControl = ControlPort(port: ports[5])
    }

    /// Sets a chain up, runs `body`, and ends all its processes whatever comes of it.
    ///
    /// - Parameters:
    ///   - folder: where its files go; kept.
    ///   - note: told what is being done, a few words each.
    package static func run<Value: Sendable>(
        folder: ChainFolder, settings: ChainSettings, programs: ChainPrograms,
        note: @escaping @Sendable (String) -> Void = { _ in },
        _ body: @escaping @Sendable (Chain) async throws -> Value,
    ) async throws -> Value {
        let chain = try Chain(folder: folder, settings: settings, programs: programs)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            for program in [chain.sap, chain.twilio, chain.relay, chain.agent] {
                group.addTask {
                    try await program.serve()
                    return nil
                }
            }
            group.addTask {
                try await chain.setUp(note: note)
                return try await body(chain)
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                guard let result else { continue }
                for program in [chain.agent, chain.relay, chain.twilio, chain.sap] {
                    try await program.terminate()
                }
                return result
            }
            throw CancellationError()
        }
    }

    private func setUp(note: @Sendable (String) -> Void) async throws {
        let secrets = ["sap.password", "twilio.token", "sendgrid.key"]
        for name in secrets {
            let random = (0..<16).map { _ in String(UInt8.random(in: 16...255), radix: 16) }.joined()
            try folder.write(name == "sendgrid.key" ? "SG.\(random)" : random, to: name)
        }
        note("starting the stand-ins for SAP ECC and Twilio")
        try await sap.start()
        try await twilio.start()
        note("setting up the relay")
        try await setUpRelay()
        try await relay.start()
        note("pairing the agent")
        try await setUpAgent()
        try await agent.start()
    }

    private func setUpRelay() async throws {
        try folder.write(configuration.relay, to: "relay.yaml")
        try folder.write(ChainRules(deliveryPolicy: settings.deliveryPolicy).rules, to: "rules.yaml")
        try folder.write(ChainRules.directory, to: "directory.csv")
        try await relayCommand(["init"])
        try await relayCommand(["secrets", "set", "twilio.auth_token", "--file", folder.file("twilio.token")])
        try await relayCommand(["secrets", "set", "sendgrid.api_key", "--file", folder.file("sendgrid.key")])
        struct PublicKey: Decodable { let public_key: String }
        let key = try JSONDecoder().decode(PublicKey.self, from: await twilioControl.get("/public-key"))
        try await relayCommand(["secrets", "set", "sendgrid.event_public_key"], input: key.public_key)
        try await relayCommand(["rules", "apply", folder.file("rules.yaml")])
        try await relayCommand(["directory", "import", folder.file("directory.csv")])
        try await settleTwilio()
    }

    /// Tells Twilio's stand-in its pace, and where SendGrid's events go.
    private func settleTwilio() async throws {
        struct Webhook: Decodable {
            let account: String
            let url: String
        }
        let webhooks = try JSONDecoder().decode(
            [Webhook].self, from: Data(try await relayCommand(["webhooks", "--json"]).utf8))
        guard let events = webhooks.first(where: { $0.account == "sendgrid" }) else {
            throw ChainError.overdue(what: "a webhook for SendGrid's events")
        }
        try await twilioControl.put(
            "/settings",
            """
            {"sentDelayMs":\(settings.sentDelayMilliseconds),"deliveredDelayMs":\
            \(settings.deliveredDelayMilliseconds),"listLagMs":\(settings.listLagMilliseconds),\
            "eventWebhookURL":"\(events.url)"}
            """)
    }

    private func setUpAgent() async throws {
        try folder.write(configuration.agent, to: "agent.yaml")
        try await agentCommand(["init"])
        try await agentCommand(["secrets", "set", "sap.password", "--file", folder.file("sap.password")])
        let token = try await relayCommand(["agents", "invite", "demo", "--token-only"])
        try await agentCommand(["pair"], input: token)
    }

    /// Commands that a person may try while it runs.
    package var suggestions: [String] {
        let relay = "\(programs.relay) %@ --config \(folder.file("relay.yaml"))"
        let agent = "\(programs.agent) %@ --config \(folder.file("agent.yaml"))"
        return [
            String(format: relay, "explain DOCUMENT"), String(format: relay, "notifications list"),
            String(format: relay, "audit verify"), String(format: agent, "status"),
        ]
    }

    /// Runs a command of `ml-relay` and returns what it prints.
    @discardableResult
    package func relayCommand(_ arguments: [String], input: String = "") async throws -> String {
        try await Command.run(
            programs.relay, arguments + ["--config", folder.file("relay.yaml")], input: input,
            hasOwnGroup: settings.outlivesCtrlC)
    }

    /// Runs a command of `ml-agent` and returns what it prints.
    @discardableResult
    package func agentCommand(_ arguments: [String], input: String = "") async throws -> String {
        try await Command.run(
            programs.agent, ["--config", folder.file("agent.yaml")] + arguments,
            environment: agent.environment, input: input, hasOwnGroup: settings.outlivesCtrlC)
    }
}
