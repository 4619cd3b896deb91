package import HTTPTransport

extension SendOutcome {
    /// The outcome of a request that got no whole answer.
    ///
    /// Only what the transport proves counts as not left.
    package init(_ error: TransportError) {
        switch error.departure {
        case .notLeft: self = .notLeft(reason: "\(error.kind)")
        case .ambiguous: self = .ambiguous(reason: "\(error.kind)")
        }
    }
}
