import AgentCore
import ArgumentParser
import Logging
import Programs
import ServiceLifecycle
import UnixSignals

/// Runs the agent.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Poll SAP and send what changed, until SIGTERM or SIGINT.")

    @ParentCommand var root: MLAgent
    @OptionGroup var log: LogChoice

    func run() async throws {
        let agent = try AgentContext(configurationPath: root.config)
        log.bootstrap(agent.configuration.log)
        let logger = Logger(label: "ml-agent")
        let group = ServiceGroup(
            services: try await AgentService(agent, logger: logger).services(),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
        logger.info("The agent has ended.")
    }
}
