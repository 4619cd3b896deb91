import Foundation

/// Where a status callback goes: the URL that is called and signed, and what its fragment says about retries.
struct CallbackTarget: Sendable {
    /// Without fragment and without user information: this is what Twilio signs.
    let url: String
    /// Tries after the first one, `rc` of the fragment, from 0 to 5.
    let retries: Int
    /// Whether an HTTP answer of 4xx or 5xx is retried (`rp` of the fragment).
    private let retriesOn: Set<String>

    /// nil where `text` is no URL that Twilio would call: absolute, http or https, no underscore in the host.
    init?(_ text: String) {
        guard var parts = URLComponents(string: text), let scheme = parts.scheme,
            ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, !host.contains("_")
        else { return nil }
        let settings = FormFields(parsing: parts.fragment ?? "")
        parts.fragment = nil
        parts.user = nil
        parts.password = nil
        guard let url = parts.string else { return nil }
        self.url = url
        retries = min(5, max(0, settings["rc"].flatMap { Int($0) } ?? 1))
        retriesOn = Set((settings["rp"] ?? "ct").split(separator: ",").map(String.init))
    }

    /// Whether an answer, or none (nil), is tried again.
    func retries(after status: Int?) -> Bool {
        if retriesOn.contains("all") { return true }
        switch status {
        case nil: return retriesOn.contains("ct") || retriesOn.contains("rt")
        case .some(400..<500): return retriesOn.contains("4xx")
        default: return retriesOn.contains("5xx")
        }
    }

    /// The path with its query, the place where the caller keeps its own ids.
    static func path(of text: String) -> String? {
        guard let parts = URLComponents(string: text) else { return nil }
        return parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }
}
