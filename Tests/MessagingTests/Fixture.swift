import Foundation
import HTTPTransport
import Messaging
import Synchronization
import Testing

/// The published vectors, and what the tests of this module share.
enum Fixture {
    struct Vectors: Decodable {
        struct Signatures: Decodable {
            let token: String
            let vectors: [Signature]
        }
        struct Signature: Decodable, Sendable, CustomTestStringConvertible {
            let id: String
            let received_url: String
            let received_form: [[String]]?
            let body: String?
            let content_type: String
            let signature: String?
            let expect: String
            var testDescription: String { id }
        }
        struct Events: Decodable {
            let public_key: String
            let vectors: [EventBatch]
        }
        struct EventBatch: Decodable, Sendable, CustomTestStringConvertible {
            let id: String
            let body_base64: String
            let signature: String
            let timestamp: String
            let expect: String
            var testDescription: String { id }
        }
        struct Segment: Decodable, Sendable {
            let text: String
            let encoding: String
            let units: Int
            let parts: Int
        }
        let twilio_signature: Signatures
        let sendgrid_events: Events
        let segments: [Segment]
    }

    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    static func vectors() throws -> Vectors {
        let file = root.appending(path: "Tests/Fixtures/Messaging/vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }

    static func catalogue() throws -> ErrorCatalogue {
        try ErrorCatalogue(
            json: Data(contentsOf: root.appending(path: "Relay/Resources/Catalogue/provider-errors.json")))
    }
}

/// Answers from a list and keeps what it was sent.
final class ScriptedTransport: Transport {
    private struct State {
        var answers: [Result<TransportResponse, TransportError>]
        var requests: [TransportRequest] = []
    }
    private let state: Mutex<State>

    init(_ answers: Result<TransportResponse, TransportError>...) { state = Mutex(State(answers: answers)) }

    var requests: [TransportRequest] { state.withLock { $0.requests } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw TransportError(kind: .connect, departure: .notLeft) }
        return try answer.get()
    }
}

/// A whole answer with a text body.
func answer(
    _ status: Int, _ body: String = "", headers: [(name: String, value: String)] = [],
) -> Result<TransportResponse, TransportError> {
    .success(TransportResponse(status: status, headers: headers, body: Array(body.utf8)))
}
