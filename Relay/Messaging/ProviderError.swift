import Foundation

/// Error bodies of the providers, which come in three forms, as HTML, or not at all.
enum ProviderError {
    /// The body as a JSON object, nil for anything else.
    static func object(_ body: [UInt8]) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    }

    /// Twilio's code of the core APIs, of RFC 9457 documents and of comms.twilio.com; five digits or more.
    ///
    /// A smaller one is a proxy's, which writes the HTTP status there, and proves nothing about the provider.
    static func code(_ body: [UInt8]) -> Int? {
        guard let json = object(body) else { return nil }
        let code = json["code"] ?? (json["errors"] as? [[String: Any]])?.first?["code"]
        return (code as? Int).flatMap { $0 >= 10_000 ? $0 : nil }
    }

    /// Whether the body is SendGrid's own list of errors.
    static func isSendGridList(_ body: [UInt8]) -> Bool {
        (object(body)?["errors"] as? [[String: Any]])?.first?["message"] is String
    }
}
