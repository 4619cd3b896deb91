import Foundation

/// Error bodies of the providers, which come in three forms, as HTML, or not at all.
enum ProviderError {
    /// The body as a JSON object, nil for anything else.
    static func object(_ body: [UInt8]) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    }

    /// Twilio's code of the core APIs, of RFC 9457 documents and of comms.twilio.com.
    static func code(_ body: [UInt8]) -> Int? {
        guard let json = object(body) else { return nil }
        if let code = json["code"] as? Int { return code }
        return (json["errors"] as? [[String: Any]])?.first?["code"] as? Int
    }

    /// Whether the body is SendGrid's own list of errors.
    static func isSendGridList(_ body: [UInt8]) -> Bool {
        (object(body)?["errors"] as? [[String: Any]])?.first?["message"] is String
    }
}
