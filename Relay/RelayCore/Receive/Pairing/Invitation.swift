internal import ConnectorProtocol
internal import Cryptography
internal import Foundation
internal import SQLStore

/// One invitation as its row has it, with its secret opened.
struct Invitation: Sendable {
    let id: String
    let name: String
    let secret: Secret
    let expires: Moment
    let wrongProofs: Int64
    let endedBy: String?
    let agentKey: [UInt8]?
    /// Whether the agent that it paired was revoked since.
    let isAgentRevoked: Bool
    /// The hellos that were heard, the latest of each key.
    let hellos: [PairingHello]
    /// The signed receipt that was given out.
    let receipt: [UInt8]?

    /// How many keys may stand between hello and proof at a time: whoever knows an invitation's id can say hello,
    /// and must not drive out the one who knows its secret.
    static let helloLimit = 8

    init?(_ statements: TenantStatements, id: [UInt8], keys: RelayKeys) throws {
        let text = Hexadecimal.encode(id)
        let row = try statements.first(
            """
            SELECT i.name, secret, expires_at, wrong_proofs, ended_by, agent_key, hello, answer, a.revoked_at
            FROM invitation i LEFT JOIN agent a ON a.tenant = i.tenant AND a.agent = i.agent
            WHERE i.tenant = ?1 AND invitation = ?2
            """, [.text(text)])
        guard let row else { return nil }
        self.id = text
        name = try row.text("name")
        secret = Secret(
            bytes: try keys.open(
                try row.blob("secret"), context: PairingDesk.context(statements.tenant, text)))
        expires = try row.moment("expires_at")
        wrongProofs = try row.integer("wrong_proofs")
        endedBy = try row.optionalText("ended_by")
        agentKey = try row.optionalBlob("agent_key")
        isAgentRevoked = try row.optionalInteger("revoked_at") != nil
        receipt = try row.optionalBlob("answer")
        let stored = try row.optionalBlob("hello") ?? []
        hellos = ((try? JSONDecoder().decode([Data].self, from: Data(stored))) ?? [])
            .compactMap { try? PairingHello(bytes: Array($0)) }
    }

    /// Why this key cannot use it, nil where it can: the same key may ask for its answer again.
    func refusal(of key: Ed25519.PublicKey, now: Moment) -> Refusal? {
        if endedBy == "used" {
            guard agentKey == key.raw else { return Refusal(.tokenUsed) }
            return isAgentRevoked
                ? Refusal(.tokenRevoked, "The agent that it paired was revoked. Ask for a new one.") : nil
        }
        if endedBy == "wrong_proofs" {
            return Refusal(.tokenRevoked, "Too many wrong proofs ended the invitation. Ask for a new one.")
        }
        if endedBy != nil { return Refusal(.tokenRevoked, "Ask for a new invitation.") }
        if now >= expires { return Refusal(.tokenExpired, "It was good for one hour. Ask for a new one.") }
        return nil
    }

    /// Sets a hello down, in place of the same key's before.
    func remember(_ hello: PairingHello, _ statements: TenantStatements) throws {
        let others = hellos.filter { $0.agentKey != hello.agentKey }.suffix(Self.helloLimit - 1)
        let encoded = try JSONEncoder().encode((others + [hello]).map { Data($0.bytes) })
        try statements.run(
            "UPDATE invitation SET hello = ?3 WHERE tenant = ?1 AND invitation = ?2",
            [.text(id), .blob(Array(encoded))])
    }
}
