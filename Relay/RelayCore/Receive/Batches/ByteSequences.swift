internal import ConnectorProtocol
internal import Cryptography

/// The fields `Lineages` (a list of byte sequences) and `Acknowledgement` (one), in the form of RFC 8941.
enum ByteSequences {
    /// The lineages that a request asks about; nil where the field is not in its form or asks for too many.
    static func lineages(_ field: String?) -> [Lineage]? {
        guard let field else { return [] }
        var lineages: [Lineage] = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            guard let bytes = one(item), let lineage = Lineage(bytes) else { return nil }
            if !lineages.contains(lineage) { lineages.append(lineage) }
        }
        return lineages.count <= ProtocolLimits.lineageCountLimit ? lineages : nil
    }

    /// The bytes of `:base64:`, blanks around it allowed.
    static func one(_ item: some StringProtocol) -> [UInt8]? {
        let blanks: Set<Character> = [" ", "\t"]
        var text = item.drop { blanks.contains($0) }
        while let last = text.last, blanks.contains(last) { text = text.dropLast() }
        guard text.count >= 2, text.hasPrefix(":"), text.hasSuffix(":") else { return nil }
        return Base64.decode(text.dropFirst().dropLast())
    }
}
