import Hummingbird
import Logging
import Programs
import ServiceLifecycle

/// The whole stand-in as one service: RFC port, control port, and the ready line once both listen.
package struct SimulatorService: Service {
    private let system: ECCSystem
    private let ledger: Ledger
    private let seed: UInt64
    private let rfcPort: Int
    private let controlPort: Int

    /// - Parameters:
    ///   - rfcPort: 0 for one that the kernel gives.
    ///   - controlPort: likewise.
    ///   - ledger: takes the ground truth.
    ///   - seed: decides the documents of a day.
    package init(system: ECCSystem, ledger: Ledger, seed: UInt64, rfcPort: Int, controlPort: Int) {
        self.system = system
        self.ledger = ledger
        self.seed = seed
        self.rfcPort = rfcPort
        self.controlPort = controlPort
    }

    package func run() async throws {
        let (ports, tell) = AsyncStream.makeStream(of: (name: String, port: Int).self)
        let rfc = RFCServer(system: system, port: rfcPort) { tell.yield(("rfc", $0)) }
        let (days, start) = AsyncStream.makeStream(of: DayPlayer.Request.self)
        let progress = DayProgress()
        let player = DayPlayer(system: system, ledger: ledger, seed: seed, progress: progress)
        let control = Application(
            router: ControlServer(system: system, progress: progress) { request in
                progress.begin()
                start.yield(request)
            }.routes(),
            configuration: .init(address: .hostname("127.0.0.1", port: controlPort)),
            onServerRunning: { tell.yield(("control", $0.localAddress?.port ?? 0)) },
            logger: Logger(label: "sap-ecc-sim.control"))
        try await withThrowingTaskGroup { group in
            group.addTask { try await Self.untilShutdown { try await rfc.run() } }
            group.addTask { try await Self.untilShutdown { try await player.run(days) } }
            group.addTask { try await control.run() }
            group.addTask { await cancelWhenGracefulShutdown { await Self.announce(ports) } }
            try await group.waitForAll()
        }
    }

    /// Being told to end is no error.
    private static func untilShutdown(_ body: @escaping @Sendable () async throws -> Void) async throws {
        do {
            try await cancelWhenGracefulShutdown(body)
        } catch is CancellationError {}
    }

    private static func announce(_ ports: AsyncStream<(name: String, port: Int)>) async {
        var known: [String: Int] = [:]
        for await (name, port) in ports {
            known[name] = port
            if let rfc = known["rfc"], let control = known["control"] {
                ReadyLine.print(["rfc": rfc, "control": control])
                return
            }
        }
    }
}
