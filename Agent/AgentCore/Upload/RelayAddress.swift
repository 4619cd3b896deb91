/// The relay's base address, taken apart as far as a signature needs it.
package struct RelayAddress: Hashable, Sendable {
    /// `https://relay.example.com:8443`, with a path where a proxy in front asks for one; no slash at its end.
    package let text: String
    /// That path: part of what is signed as `@path`.
    let path: String

    /// Takes an address; nil where it is no `https` address with a host.
    package init?(_ text: String) {
        let scheme = "https://"
        guard text.lowercased().hasPrefix(scheme),
            !text.contains(where: { $0.isWhitespace || "?#".contains($0) })
        else { return nil }
        var base = Substring(text)
        while base.hasSuffix("/") { base = base.dropLast() }
        let rest = base.dropFirst(scheme.count)
        guard let first = rest.first, first != "/", first != ":" else { return nil }
        path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
        self.text = String(base)
    }
}
