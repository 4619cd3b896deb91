/// What a provider is answered.
package enum WebhookReply: Hashable, Sendable {
    /// Stored, or known already: 204 without a body.
    case done
    /// An inbound message was stored: 200 with an empty TwiML document, since a text would be sent to the person.
    case silence
    /// Nothing was changed.
    case refused(Refusal)

    /// Why nothing was changed.
    package enum Refusal: String, Hashable, Sendable {
        /// No webhook at this address.
        case unknownAddress = "webhook-unknown"
        /// Not signed, or not by us known keys.
        case unsigned = "webhook-unsigned"
        /// The account's token or key was never set: it could not be judged.
        case noKey = "webhook-no-key"
        /// The database cannot store at the moment.
        case unavailable
        /// The body is larger than a provider's.
        case tooLarge = "too-large"
    }

    /// HTTP status.
    package var status: Int {
        switch self {
        case .done: 204
        case .silence: 200
        case .refused(.unknownAddress): 404
        case .refused(.unsigned): 403
        case .refused(.noKey), .refused(.unavailable): 503
        case .refused(.tooLarge): 413
        }
    }

    /// Value of `Content-Type`; nil where there is no body.
    package var mediaType: String? {
        switch self {
        case .done: nil
        case .silence: "text/xml"
        case .refused: "application/problem+json"
        }
    }

    /// The body.
    package var text: String {
        switch self {
        case .done: ""
        case .silence: "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"
        case .refused(let refusal):
            """
            {"status":\(status),"title":"\(refusal.title)","type":"urn:ml-connector:problem:\(refusal.rawValue)"}
            """
        }
    }
}

extension WebhookReply.Refusal {
    fileprivate var title: String {
        switch self {
        case .unknownAddress: "There is no webhook at this address."
        case .unsigned: "The request is not signed with a key of this webhook's account."
        case .noKey: "No key is set to judge requests of this account by."
        case .unavailable: "The request cannot be stored at the moment."
        case .tooLarge: "The request is larger than a webhook takes."
        }
    }
}
