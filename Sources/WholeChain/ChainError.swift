/// What can go wrong while the whole chain is driven.
package enum ChainError: Error, Equatable, CustomStringConvertible {
    /// The program ended or stayed silent instead of becoming ready; `log` holds its last lines.
    case notReady(program: String, ended: String?, log: String)
    /// The program did not end although it was told to.
    case stillRunning(program: String)
    /// A command of a program failed; `output` is what it wrote to standard error.
    case commandFailed(command: String, status: String, output: String)
    /// A stand-in's control port refused a request.
    case controlRefused(path: String, status: Int, body: String)
    /// A program is not where the running executable stands.
    case programMissing(path: String)
    /// The folder that a chain was given is not empty.
    case folderInUse(path: String)
    /// A file cannot be written.
    case unwritable(path: String)
    /// A condition of the run was not reached in time.
    case overdue(what: String)

    package var description: String {
        switch self {
        case .notReady(let program, let ended, let log):
            "\(program) did not become ready\(ended.map { " and ended with \($0)" } ?? ""); its log ends:\n\(log)"
        case .stillRunning(let program): "\(program) did not end when it was told to"
        case .commandFailed(let command, let status, let output): "\(command) ended with \(status): \(output)"
        case .controlRefused(let path, let status, let body): "\(path) answered \(status): \(body)"
        case .programMissing(let path): "\(path) is not there; build it first"
        case .folderInUse(let path): "\(path) is not empty; name a new folder, or empty it first"
        case .unwritable(let path): "\(path) cannot be written; check owner and space"
        case .overdue(let what): "\(what) did not happen in time"
        }
    }
}
