internal import ConnectorProtocol
internal import SQLStore

/// Ends the work on a request with a problem document; nothing of the request was stored.
struct Refusal: Error, Hashable, Sendable {
    let document: ProblemDocument

    init(_ type: ProblemType, _ detail: String = "", standing: Standing? = nil) {
        document = ProblemDocument(type, detail: detail, standing: standing)
    }

    /// The refusal of what does not keep to the protocol.
    init(_ error: ProtocolError, standing: Standing? = nil) {
        let type: ProblemType =
            switch error {
            case .malformed: .malformed
            case .unsupportedVersion: .unsupportedVersion
            case .tooLarge: .tooLarge
            case .notOneGzipMember: .notOneGzipMember
            case .digestMismatch: .digestMismatch
            }
        self.init(type, error.description, standing: standing)
    }

    /// The refusal of a signature that was not believed.
    init(_ problem: SignatureProblem, standing: Standing? = nil) {
        switch problem {
        case .missing: self.init(.signatureMissing)
        case .malformed: self.init(.signatureInvalid, "Its fields are not in the form of RFC 9421.")
        case .uncovered: self.init(.signatureInvalid, "It leaves out a component that must be signed.")
        case .wrong: self.init(.signatureInvalid, "It is not this key's over this request.")
        case .outsideWindow:
            self.init(
                .clock, "Sign with the relay's time, which this answer carries.", standing: standing)
        }
    }

    /// The refusal where the store failed: the same request may be sent again later.
    init(storeFailure error: any Error) {
        switch error as? SQLError {
        case .full, .transactionEnded: self.init(.noRoom, "The relay's disk is full.")
        default: self.init(.unavailable, "Send the same bytes again later.")
        }
    }
}
