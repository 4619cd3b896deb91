internal import ConnectorProtocol
internal import SAPAccess

/// Why one document or master could not be read.
enum FeedFailure: Error, Sendable {
    /// SAP does not show it.
    case notVisible
    /// Error class and sentence, as detection keeps them.
    case failed(errorClass: String, sentence: String)

    /// What an error says about the document that was being read.
    init(_ error: any Error) {
        switch error {
        case let failure as FeedFailure: self = failure
        case let error as SAPAccessError:
            self = .failed(errorClass: Self.errorClass(error), sentence: "\(error)")
        case let error as ProtocolError:
            self = .failed(
                errorClass: "unreadable", sentence: "The document does not fit its event: \(error).")
        default: self = .failed(errorClass: DetectionErrorClass.unavailable, sentence: "\(error)")
        }
    }

    /// Whether one of several documents that were read together can be the reason, and the others be well.
    var mayConcernOne: Bool {
        guard case .failed(let errorClass, _) = self else { return false }
        return ["rejected", "unreadable", "too_dense"].contains(errorClass)
    }

    /// As the outcome of a document.
    var outcome: DocumentOutcome {
        switch self {
        case .notVisible: .notVisible
        case .failed(let errorClass, let sentence): .failed(errorClass: errorClass, sentence: sentence)
        }
    }

    private static func errorClass(_ error: SAPAccessError) -> String {
        if error.concernsConnection { return DetectionErrorClass.unavailable }
        return switch error {
        case .rfc(let error): error.isNotAuthorized ? "not_authorized" : "rejected"
        case .cut: "cut"
        case .value, .missing: "unreadable"
        case .tooDense: "too_dense"
        case .notAllowed: "not_allowed"
        case .selection, .interface: "feed_wrong"
        case .library, .deadline, .workerLost, .gate, .noPlace, .shutDown: DetectionErrorClass.unavailable
        }
    }
}
