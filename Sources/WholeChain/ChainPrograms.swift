import Foundation

/// Where the programs of the chain stand: beside the running executable, or in a folder given.
package struct ChainPrograms: Sendable {
    /// The stand-in for SAP ECC.
    package let sapECCSim: String
    let twilioSim: String
    let relay: String
    /// The agent, which is its own RFC worker.
    package let agent: String
    /// The stand-in for SAP's library.
    package let library: String
    /// The demo, which drives all of it.
    package let demo: String

    /// - Parameters:
    ///   - folder: nil for the folder of the running executable (or of its test bundle).
    ///   - agent: absolute path of another build of the agent.
    /// - Throws: `ChainError.programMissing`.
    package init(folder: String? = nil, agent: String? = nil) throws {
        let folder = folder ?? Self.ownFolder()
        func find(_ name: String, at given: String? = nil) throws -> String {
            let path = given ?? folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else {
                throw ChainError.programMissing(path: path)
            }
            return path
        }
        sapECCSim = try find("sap-ecc-sim")
        twilioSim = try find("twilio-sim")
        relay = try find("ml-relay")
        self.agent = try find("ml-agent", at: agent)
        library = try find("libsapnwrfc-sim.so")
        demo = try find("ml-demo")
    }

    private static func ownFolder() -> String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}
