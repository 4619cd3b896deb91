import Foundation
import Subprocess
import SystemPackage

/// Runs a command of one of the programs to its end.
package enum Command {
    /// - Parameters:
    ///   - executable: absolute path.
    ///   - hasOwnGroup: as for ``Program``.
    ///   - input: what the command reads from standard input; secrets go this way, never as an argument.
    /// - Returns: standard output.
    /// - Throws: `ChainError.commandFailed` when the exit code is not 0.
    @discardableResult
    package static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        hasOwnGroup: Bool = false,
    ) async throws -> String {
        let added = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value as String?) }
        var options = PlatformOptions()
        if hasOwnGroup { options.processGroupID = 0 }
        // Without a bound: the journal of a long day is as long as it is.
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: added)), platformOptions: options,
            input: .string(input),
            output: .string(limit: .max), error: .string(limit: 1 << 20))
        guard case .exited(0) = result.terminationStatus else {
            throw ChainError.commandFailed(
                command: ([executable.split(separator: "/").last.map(String.init) ?? executable] + arguments)
                    .joined(separator: " "),
                status: "\(result.terminationStatus)", output: result.standardError)
        }
        return result.standardOutput
    }
}
