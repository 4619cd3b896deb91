import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// A stand-in for Twilio's Messages and SendGrid's mail/send on loopback, with its control API and ledger.
///
/// It accepts, refuses and fails as its fault plan says, plays each delivery, and calls back with real signatures.
package struct TwilioSimulator: Service {
    /// The ports it listens on.
    package struct Ports: Hashable, Sendable {
        /// The REST APIs of Twilio and SendGrid.
        package let api: Int
        /// The control API.
        package let control: Int
    }

    private let simulator: Simulator
    private let logger: Logger
    private let onReady: @Sendable (Ports) -> Void

    /// Opens the ledger; nothing listens yet.
    /// - Parameter onReady: called once, when both ports listen.
    package init(
        settings: SimulatorSettings, clock: SimulatorClock = SimulatorClock(), logger: Logger,
        onReady: @escaping @Sendable (Ports) -> Void,
    ) async throws {
        simulator = try await Simulator(settings: settings, clock: clock, logger: logger)
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until it is cancelled or shut down gracefully.
    package func run() async throws {
        let (ports, found) = AsyncStream.makeStream(of: (isAPI: Bool, port: Int).self)
        let api = application(port: simulator.settings.apiPort) {
            found.yield((true, $0))
        } routes: { router in
            MessagesRoutes(simulator: simulator).add(to: router)
            MailRoutes(simulator: simulator).add(to: router)
        }
        let control = application(port: simulator.settings.controlPort) {
            found.yield((false, $0))
        } routes: { router in
            ControlRoutes(simulator: simulator).add(to: router)
        }
        let courier = simulator.courier
        try await courier.resume()
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await api.run() }
                group.addTask { try await control.run() }
                group.addTask { try await courier.run() }
                group.addTask { await announce(ports) }
                try await group.waitForAll()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try? await courier.shutdown()
        await simulator.ledger.close()
        try result.get()
    }

    private func announce(_ ports: AsyncStream<(isAPI: Bool, port: Int)>) async {
        var api: Int?
        var control: Int?
        for await found in ports {
            if found.isAPI { api = found.port } else { control = found.port }
            if let api, let control {
                onReady(Ports(api: api, control: control))
                return
            }
        }
    }

    private func application(
        port: Int, onPort: @escaping @Sendable (Int) -> Void, routes: (Router<SimulatorContext>) -> Void,
    ) -> some ApplicationProtocol {
        let router = Router(context: SimulatorContext.self)
        routes(router)
        return Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "twilio-sim"),
            onServerRunning: { channel in onPort(channel.localAddress?.port ?? 0) }, logger: logger)
    }
}
