import ArgumentParser
import Programs

@main
struct SAPECCSim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sap-ecc-sim", abstract: "A stand-in for SAP ECC.", subcommands: [ServeCommand.self])

    static func main() async {
        ProgramLog.bootstrap()
        await Program.run(SAPECCSim.self)
    }
}
