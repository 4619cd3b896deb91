internal import Cryptography
internal import Logging
internal import Messaging
internal import Programs
internal import SQLStore

/// Takes providers' callbacks: finds tenant and account by the random id in the address, believes the signature,
/// stores, and answers then (DESIGN.md 6.5).
package struct CallbackDesk: Sendable {
    private let reception: Reception
    private let secrets: TenantSecrets
    private let keys: RelayKeys
    private let stored: @Sendable (TenantID) -> Void

    private struct Account: Sendable {
        let scope: TenantScope
        let name: String
        let provider: String
        let publicURL: String
        let secrets: [Secret]
    }

    /// - Parameters:
    ///   - keys: open the accounts' secrets and verify the attempts' nonces.
    ///   - stored: called after each stored callback: the tenant's apply loop has work.
    package init(
        reception: Reception, keys: RelayKeys, stored: @escaping @Sendable (TenantID) -> Void,
    ) {
        self.reception = reception
        self.keys = keys
        secrets = TenantSecrets(keys: keys)
        self.stored = stored
    }

    /// Answers one request to `/w/…`.
    ///
    /// What is genuine is stored and answered 2xx, whether or not we know the message; what is not changes nothing.
    package func receive(_ request: WebhookRequest) async -> WebhookReply {
        do {
            let reply = try await reply(to: request)
            if case .refused(let refusal) = reply { return refuse(refusal) }
            return reply
        } catch {
            reception.counts.add("webhook.refused.unavailable")
            reception.logger.error(
                "A webhook request could not be stored", metadata: ["error": "\(error)"])
            return .refused(.unavailable)
        }
    }

    /// Counts a refusal, also one of a request that was not read to its end.
    package func refuse(_ refusal: WebhookReply.Refusal) -> WebhookReply {
        reception.counts.add("webhook.refused.\(refusal.rawValue)")
        reception.logger.warning(
            "A webhook request was refused", metadata: ["problem.type": "\(refusal.rawValue)"])
        return .refused(refusal)
    }

    private func reply(to request: WebhookRequest) async throws -> WebhookReply {
        guard let target = WebhookTarget(request.target),
            let tenant = try await reception.store.tenant(ofWebhook: target.webhook),
            let account = try await account(of: target.webhook, in: reception.store.scope(tenant))
        else { return .refused(.unknownAddress) }
        guard !account.secrets.isEmpty else { return .refused(.noKey) }
        guard let signer = signer(of: request, account) else { return .refused(.unsigned) }
        let read = read(request, target, account)
        let transaction = CallbackTransaction(
            webhook: target.webhook, account: account.name, provider: account.provider, signer: signer,
            request: request, pieces: read?.pieces ?? [], nonceKey: keys.nonceKey,
            newIncarnation: SecureRandom.system.bytes(16), now: reception.clock.now)
        let outcome = try await account.scope.write { try transaction.run($0) }
        reception.counts.add("webhook.accepted.\(account.provider).\(signer)")
        reception.counts.add("webhook.unreadable", read?.unreadable ?? 1)
        if outcome.unknown > 0 { reception.counts.add("webhook.unknown_message") }
        if outcome.stored == 0, read != nil { reception.counts.add("webhook.repeated") }
        if outcome.hasLostCommits { tellLostCommits(account) }
        if outcome.stored > 0 { stored(tenant) }
        return read?.pieces.first?.kind == .inbound ? .silence : .done
    }

    private func tellLostCommits(_ account: Account) {
        reception.counts.add("webhook.commits_lost")
        reception.logger.error(
            "A provider called back about an attempt that the database does not hold: all tenants are paused",
            metadata: [
                LogKeys.tenant: "\(account.scope.tenant)", "account": "\(account.name)",
                LogKeys.remedy: "The database was set back. Compare with the provider, then resume.",
            ])
    }

    private func account(of webhook: String, in scope: TenantScope) async throws -> Account? {
        let secrets = secrets
        return try await scope.read { statements in
            let row = try statements.first(
                """
                SELECT account, provider, public_url FROM provider_account
                WHERE tenant = ?1 AND webhook = ?2
                """, [.text(webhook)])
            guard let row else { return nil }
            let (name, provider) = (try row.text(0), try row.text(1))
            let secret = provider == "twilio" ? "\(name).auth_token" : "\(name).event_public_key"
            return Account(
                scope: scope, name: name, provider: provider, publicURL: try row.text(2),
                secrets: try secrets.current(statements, name: secret)?.all ?? [])
        }
    }

    /// Which of the account's keys signed, `primary` or `secondary`; nil where none did.
    private func signer(of request: WebhookRequest, _ account: Account) -> String? {
        let names = ["primary", "secondary"]
        if account.provider == "twilio" {
            let keys = zip(names, account.secrets).map { TwilioSignature.Key(id: $0, secret: $1) }
            return TwilioSignature(keys: Array(keys)).signer(
                signatures: request.values("x-twilio-signature"),
                address: account.publicURL + request.target, isPost: request.method == "POST",
                contentType: request.values("content-type").first, body: request.body)
        }
        for (name, secret) in zip(names, account.secrets) {
            // A key that is none cannot have signed; the other one may have.
            let signature = try? SendGridSignature(publicKeysBase64: [secret.exposedText])
            let isGenuine = signature?.isGenuine(
                signatures: request.values("x-twilio-email-event-webhook-signature"),
                timestamps: request.values("x-twilio-email-event-webhook-timestamp"), body: request.body)
            if isGenuine == true { return name }
        }
        return nil
    }

    /// What the request says; nil where it is genuine and cannot be read.
    private func read(
        _ request: WebhookRequest, _ target: WebhookTarget, _ account: Account,
    ) -> (pieces: [CallbackPiece], unreadable: Int)? {
        guard account.provider == "twilio" else { return CallbackPiece.sendGrid(request.body) }
        let form: [UInt8]
        if request.method == "GET" {
            // A number may be set to bring a person's message so: its parameters are the query.
            form = Array(request.target.drop { $0 != "?" }.dropFirst().utf8)
        } else {
            let type = request.values("content-type").first?.lowercased() ?? ""
            guard type.hasPrefix("application/x-www-form-urlencoded") else { return nil }
            form = request.body
        }
        return ([CallbackPiece.twilio(form: form, attempt: target.attempt)], 0)
    }
}
