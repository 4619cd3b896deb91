import AgentCore
import Logging
import Programs
import Synchronization
import TestSupport
import Testing

@Suite("ml-agent doctor")
struct DoctorTests {
    @Test("On a host where nothing is set up yet each line says what to do, and nobody logs on")
    func fresh() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("etc/agent.yaml")
        _ = try await AgentInstallation(configurationPath: path, stateFolder: folder.file("var"))
            .run(clock: .system)
        let context = try AgentContext(configurationPath: path)
        let lines = Mutex<[String]>([])
        let doctor = Doctor(context, logger: Logger(label: "test")) { finding in
            lines.withLock { $0.append(finding.text) }
        }
        let findings = await doctor.run()
        let verdicts = Dictionary(uniqueKeysWithValues: findings.map { ($0.check, $0.verdict) })
        #expect(verdicts["secrets"] == .failed)
        #expect(verdicts["spool"] == .ok)
        #expect(verdicts["library"] == .failed)
        #expect(verdicts["logon"] == .skipped)
        #expect(verdicts["pairing"] == .failed)
        #expect(lines.withLock { $0 } == findings.map(\.text))
        let library = try #require(findings.first { $0.check == "library" })
        #expect(library.detail.contains("/usr/local/sap/nwrfcsdk/lib/libsapnwrfc.so"))
        let secrets = try #require(findings.first { $0.check == "secrets" })
        #expect(secrets.remedy == "Run `ml-agent secrets set sap.password`.")
        #expect(findings.failure?.kind == .configuration)
    }
}
