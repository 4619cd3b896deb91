internal import Cryptography
internal import FoundationEssentials
internal import Values

/// A refusal over HTTP (RFC 9457), media type `application/problem+json`.
package struct ProblemDocument: Hashable, Sendable {
    /// The media type of the document.
    package static let mediaType = "application/problem+json"

    /// Why it was refused.
    package var type: ProblemType
    /// What is particular to this case; no secret.
    package var detail: String
    /// Where the relay stands, for who is paired; the agent learns time and heads from refusals too.
    package var standing: Standing?

    /// A document of its parts.
    package init(_ type: ProblemType, detail: String = "", standing: Standing? = nil) {
        self.type = type
        self.detail = detail
        self.standing = standing
    }

    private struct Members: Codable {
        var type: String
        var title: String
        var status: Int
        var detail: String?
        var relayTime: Int64?
        var standing: String?

        enum CodingKeys: String, CodingKey {
            case type, title, status, detail, standing
            case relayTime = "relay_time"
        }
    }

    /// Reads a document; nil where it is none of ours (a proxy's page, for example).
    package init?(json: [UInt8]) {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(json)),
            let type = ProblemType.allCases.first(where: { $0.urn == members.type })
        else { return nil }
        self.type = type
        detail = members.detail ?? ""
        standing = members.standing.flatMap { Base64.decode($0) }.flatMap { try? Standing(bytes: $0) }
    }

    /// The document as it travels; members in alphabetical order.
    package var json: [UInt8] {
        let members = Members(
            type: type.urn, title: type.title, status: type.status, detail: detail.isEmpty ? nil : detail,
            relayTime: standing?.time.seconds, standing: standing.map { Base64.encode($0.bytes) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and whole numbers alone: there is nothing that JSON could not hold.
        return (try? encoder.encode(members)).map(Array.init) ?? []
    }
}
