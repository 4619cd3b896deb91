package import HTTPTransport

extension SendOutcome {
    /// The outcome of a request that got no whole answer.
    ///
    /// Only what the transport proves counts as not left.
    package init(_ error: TransportError) {
        let reason =
            if case .tls(let problem) = error.kind { "tls \(problem)" } else { "\(error.kind)" }
        switch error.departure {
        case .notLeft: self = .notLeft(reason: reason)
        case .ambiguous: self = .ambiguous(reason: reason)
        }
    }
}
