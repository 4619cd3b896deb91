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

    /// What came of each of `keys`, which could not be read together for this reason.
    ///
    /// Where that can lie in one of them, each is read alone, so that one bad document costs that one only.
    func parted<Key: Hashable, Value>(
        _ keys: [Key], _ source: any SAPSource, read: (Key) async -> [Key: Result<Value, FeedFailure>],
    ) async -> [Key: Result<Value, FeedFailure>] {
        var results: [Key: Result<Value, FeedFailure>] = [:]
        guard keys.count > 1, await mayConcernOne(of: source) else {
            for key in keys { results[key] = .failure(self) }
            return results
        }
        for key in keys {
            results.merge(await read(key)) { $1 }
            // SAP may go in between: then nothing is learned by asking for the others.
            guard case .failure(let failure) = results[key], failure.isUnavailable,
                await !failure.mayConcernOne(of: source)
            else { continue }
            for rest in keys where results[rest] == nil { results[rest] = .failure(failure) }
            break
        }
        return results
    }

    private var isUnavailable: Bool { outcome.isUnavailable }

    /// Whether one of several documents that were read together can be the reason, and the others be well.
    ///
    /// A call that never ends and a worker that dies look like a SAP that is gone: it is asked whether it is.
    func mayConcernOne(of source: any SAPSource) async -> Bool {
        guard case .failed(let errorClass, _) = self else { return false }
        if errorClass == DetectionErrorClass.unavailable { return (try? await source.sapNow()) != nil }
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
