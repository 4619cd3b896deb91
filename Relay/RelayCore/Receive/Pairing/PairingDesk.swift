package import ConnectorProtocol
package import Cryptography
internal import SQLStore

/// Invites agents and pairs with them: one token, one key, both sides prove the token's secret (DESIGN.md 5).
package struct PairingDesk: Sendable {
    let reception: Reception
    let keys: RelayKeys
    let address: String
    let isPinned: Bool
    let version: String
    let random: SecureRandom

    /// - Parameters:
    ///   - keys: the relay's; the signing key and the authority go into tokens.
    ///   - address: by which agents reach the relay, `https://relay.example.com:8443`.
    ///   - isPinned: agents pin the relay's own authority; false where the certificate is a public one.
    ///   - version: of this program, as agents are told it.
    ///   - random: draws invitations and secrets.
    package init(
        reception: Reception, keys: RelayKeys, address: String, isPinned: Bool = true, version: String,
        random: SecureRandom = .system,
    ) {
        self.reception = reception
        self.keys = keys
        self.address = address
        self.isPinned = isPinned
        self.version = version
        self.random = random
    }

    /// Makes an invitation for an agent of that name; the token is shown once and stored nowhere in the clear.
    ///
    /// - Parameters:
    ///   - name: 1 to 64 letters, digits, dots, hyphens and underscores; two agents of one name are active and
    ///     standby.
    ///   - by: the person who invites.
    /// - Throws: ``PairingError/unusableName(_:)``, `SQLError`, `CryptographyError`.
    package func invite(in scope: TenantScope, name: String, by: String) async throws -> PairingToken {
        guard Self.isUsable(name) else { throw PairingError.unusableName(name) }
        let now = reception.clock.now
        let expires = now + ProtocolLimits.tokenLife
        let id = random.bytes(16)
        let secret = random.bytes(32)
        let text = Hexadecimal.encode(id)
        let sealed = try keys.seal(secret, context: Self.context(scope.tenant, text))
        try await scope.write { statements in
            try statements.registerInvitation(text)
            try ConnectorAlarm.register(statements, now: now)
            try statements.run(
                """
                INSERT INTO invitation (tenant, invitation, name, secret, created_at, created_by, expires_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """,
                [.text(text), .text(name), .blob(sealed), now.sql, .text(by), expires.sql])
            try statements.audit(
                AuditEntry(actor: by, action: "agent.invited", subject: text, detail: ["name": name]),
                now: now)
        }
        return PairingToken(
            address: address, invitation: id, secret: Secret(bytes: secret), authority: try authorityDER(),
            relayKey: keys.signing.publicKey, expires: expires.timestamp)
    }

    /// Ends an invitation that was not used yet.
    /// - Throws: ``PairingError/unknownInvitation(_:)``.
    package func revoke(invitation: String, in scope: TenantScope, by: String) async throws {
        let now = reception.clock.now
        try await scope.write { statements in
            let ended = try statements.run(
                """
                UPDATE invitation SET ended_at = ?3, ended_by = 'revoked'
                WHERE tenant = ?1 AND invitation = ?2 AND ended_at IS NULL
                """, [.text(invitation), now.sql])
            guard ended == 1 else { throw PairingError.unknownInvitation(invitation) }
            try statements.audit(
                AuditEntry(actor: by, action: "invitation.revoked", subject: invitation), now: now)
        }
    }

    /// Takes an agent's right to speak, with all its keys and its lease, from the next transaction on.
    /// - Throws: ``PairingError/unknownAgent(_:)``.
    package func revoke(agent: String, in scope: TenantScope, by: String) async throws {
        let now = reception.clock.now
        try await scope.write { statements in
            let ended = try statements.run(
                """
                UPDATE agent SET revoked_at = ?3, revoked_by = ?4
                WHERE tenant = ?1 AND agent = ?2 AND revoked_at IS NULL
                """, [.text(agent), now.sql, .text(by)])
            guard ended == 1 else { throw PairingError.unknownAgent(agent) }
            try statements.run(
                "UPDATE agent_key SET state = 'revoked', ended_at = ?3 WHERE tenant = ?1 AND agent = ?2",
                [.text(agent), now.sql])
            try statements.run(
                "UPDATE agent_lease SET holder = NULL, lease_until = 0 WHERE tenant = ?1 AND holder = ?2",
                [.text(agent)])
            try statements.audit(AuditEntry(actor: by, action: "agent.revoked", subject: agent), now: now)
        }
    }

    static func context(_ tenant: TenantID, _ invitation: String) -> String {
        "invitation:\(tenant.text):\(invitation)"
    }

    private func authorityDER() throws -> [UInt8]? {
        guard isPinned else { return nil }
        let lines = keys.authority.certificate.pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        guard let der = Base64.decode(lines.joined()) else {
            throw CryptographyError.malformed(what: "certificate of the relay's authority")
        }
        return der
    }

    private static func isUsable(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}
