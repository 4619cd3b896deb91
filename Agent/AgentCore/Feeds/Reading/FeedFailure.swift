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
    /// Where that can lie in one of them, each is read alone, so that one bad document costs that one only. One at
    /// which SAP gives no answer, though it does else, has an error class of its own, so that it does not wait
    /// together with the others; after a few of these the others wait, for each costs a whole deadline.
    func parted<Key: Hashable, Value>(
        _ keys: [Key], _ source: any SAPSource, read: (Key) async -> [Key: Result<Value, FeedFailure>],
    ) async -> [Key: Result<Value, FeedFailure>] {
        func failing(_ keys: [Key], _ failure: FeedFailure) -> [Key: Result<Value, FeedFailure>] {
            Dictionary(keys.map { ($0, .failure(failure)) }) { first, _ in first }
        }
        guard await mayConcernOne(of: source) else { return failing(keys, self) }
        guard keys.count > 1 else { return failing(keys, unanswered) }
        var results: [Key: Result<Value, FeedFailure>] = [:]
        var deadlines = 0
        for key in keys {
            results.merge(await read(key)) { $1 }
            guard case .failure(.failed(let errorClass, _)) = results[key] else { continue }
            if errorClass == DetectionErrorClass.noAnswer { deadlines += 1 }
            // SAP may go in between: then nothing is learned by asking for the others.
            guard errorClass == DetectionErrorClass.unavailable || deadlines == Self.deadlinesAtOnce else {
                continue
            }
            return failing(keys, self).merging(results) { $1 }
        }
        return results
    }

    /// What it says of a document that was read alone, of a SAP that answers else.
    private var unanswered: FeedFailure {
        guard case .failed(DetectionErrorClass.unavailable, let sentence) = self else { return self }
        return .failed(errorClass: DetectionErrorClass.noAnswer, sentence: sentence)
    }

    /// So many documents may each cost a deadline before the others of a chunk are left for the next try.
    private static let deadlinesAtOnce = 3

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
