/// What makes a measurement worthless.
enum BenchmarkError: Error, CustomStringConvertible {
    /// The measured code did not do what it was measured for.
    case wrong(String)
    /// A chain did not do what it had to; its databases and logs are in `folder`.
    case chain(String, folder: String)

    var description: String {
        switch self {
        case .wrong(let what): "the measurement is worthless: \(what)"
        case .chain(let problem, let folder): "\(problem); databases and logs are in \(folder)"
        }
    }
}
