internal import ConnectorProtocol
package import Cryptography
internal import SQLStore

/// Takes batches in: believes, unpacks within bounds, puts into order, stores as it came, and only then answers.
///
/// One transaction holds the batch, its lineage's head, coverage, lists, schemas and audit entry (facts/channel.md
/// 2.1). What an event says is nobody's business here: process judges it.
package struct BatchReceiver: Sendable {
    private let reception: Reception
    private let gate: AgentGate
    private let signing: Ed25519.PrivateKey
    private let random: SecureRandom
    private let room: DiskRoom
    private let stored: @Sendable (TenantID) -> Void

    /// - Parameters:
    ///   - signing: signs acknowledgements.
    ///   - random: draws a new incarnation where the database is found to have lost commits.
    ///   - stored: called after each stored batch: the tenant's process loop has work.
    package init(
        reception: Reception, signing: Ed25519.PrivateKey, random: SecureRandom = .system, room: DiskRoom,
        stored: @escaping @Sendable (TenantID) -> Void,
    ) {
        self.reception = reception
        gate = AgentGate(reception: reception)
        self.signing = signing
        self.random = random
        self.room = room
        self.stored = stored
    }

    /// Answers one batch; a `BatchAnswer`, or a problem document.
    ///
    /// When it answers 200 the batch is durable; the same batch again gets the same acknowledgement.
    package func receive(_ request: AgentRequest) async -> AgentReply {
        await reception.answer("batch", agent: request.agent) { try await self.reply(to: request) }
    }

    private func reply(to request: AgentRequest) async throws -> AgentReply {
        let agent = try await gate.admit(request, components: SignedComponents.batch)
        let asked: [Lineage]
        let batch: OpenedBatch
        do {
            (asked, batch) = try open(request, from: agent)
        } catch {
            throw Refusal(
                error.document.type, error.document.detail, standing: try await gate.standing(of: agent))
        }
        let lineages = asked.contains(batch.manifest.lineage) ? asked : asked + [batch.manifest.lineage]
        guard room.isEnough else {
            throw Refusal(
                .noRoom, "The relay's disk is nearly full.",
                standing: try await gate.standing(of: agent, lineages: lineages))
        }
        let shown = acknowledgement(request, of: agent)
        let input = request.message.field("signature-input") ?? ""
        let now = reception.clock.now
        let (signing, newIncarnation) = (signing, random.bytes(16))
        let outcome = try await agent.scope.write { statements in
            try BatchTransaction(
                statements: statements, agent: agent, batch: batch, signatureInput: input, now: now,
                signing: signing
            ).run(shown: shown, newIncarnation: newIncarnation, lineages: lineages)
        }
        if case .stored = outcome { stored(agent.tenant) }
        return outcome.reply
    }

    /// Takes the request apart; everything that can be said without the database.
    private func open(
        _ request: AgentRequest, from agent: PairedAgent,
    ) throws(Refusal) -> ([Lineage], OpenedBatch) {
        let message = request.message
        guard message.field("content-type") == AgentReply.messageType,
            message.field("content-encoding") == "gzip"
        else { throw Refusal(.malformed, "Content-Type or Content-Encoding is not that of a batch.") }
        guard let digest = message.field("manifest-digest").flatMap(ContentDigest.digest) else {
            throw Refusal(.malformed, "Manifest-Digest has no sha-256.")
        }
        guard !message.has("lineages") || message.field("lineages") != nil,
            let lineages = ByteSequences.lineages(message.field("lineages"))
        else { throw Refusal(.malformed, "Lineages is not a list of lineages.") }
        guard request.body.count <= ProtocolLimits.packedBytesLimit else {
            throw Refusal(.tooLarge, "The body is over \(ProtocolLimits.packedBytesLimit) bytes.")
        }
        let batch: OpenedBatch
        do { batch = try OpenedBatch(body: request.body, manifestDigest: digest) } catch {
            throw Refusal(error)
        }
        guard batch.manifest.agent == agent.agent else {
            throw Refusal(.wrongAgent, "The manifest names another agent.")
        }
        return (lineages, batch)
    }

    /// Our own acknowledgement for this content, where the agent shows one: of this batch, or of the one that it
    /// was before it was sealed again under a new lineage.
    private func acknowledgement(_ request: AgentRequest, of agent: PairedAgent) -> Acknowledgement? {
        guard let field = request.message.field("acknowledgement"), let bytes = ByteSequences.one(field),
            let signed = try? SignedBytes(bytes: bytes),
            signed.isValid(as: .acknowledgement, key: signing.publicKey),
            let shown = try? Acknowledgement(bytes: signed.payload), shown.agent == agent.agent
        else { return nil }
        return shown
    }
}
