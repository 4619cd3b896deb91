/// The address of a webhook as the provider called it, in the forms that Twilio may have signed.
struct SignedAddress {
    /// With the written or the scheme's own port, and without any: user information and fragment are left out.
    let candidates: [String]
    /// Values of `bodySHA256` in the query, as they are written.
    let bodyDigests: [String]

    /// nil when `address` has no scheme or host.
    init?(_ address: String) {
        let bare = address.prefix { $0 != "#" }
        guard let mark = bare.firstRange(of: "://") else { return nil }
        let scheme = bare[..<mark.lowerBound]
        let rest = bare[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<end]
        let tail = rest[end...]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        guard !authority.isEmpty else { return nil }
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[afterBracket...].lastIndex(of: ":")
        let host = colon.map { authority[..<$0] } ?? authority
        let port = colon.map { authority[$0...] } ?? (scheme.lowercased() == "https" ? ":443" : ":80")
        candidates = ["\(scheme)://\(host)\(tail)", "\(scheme)://\(host)\(port)\(tail)"]
        let query = tail.firstIndex(of: "?").map { tail[tail.index(after: $0)...] } ?? ""
        bodyDigests = query.split(separator: "&").compactMap { pair in
            pair.hasPrefix("bodySHA256=") ? String(pair.dropFirst("bodySHA256=".count)) : nil
        }
    }
}
