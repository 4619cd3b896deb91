import ConnectorProtocol
import Cryptography
import Testing
import Values

/// Holds our code to Protocol/Vectors, which another language wrote from the specification alone.
@Suite("Vectors of version 1")
struct VectorTests {
    private static func bytes(_ text: String) throws -> [UInt8] { try #require(Hexadecimal.decode(text)) }

    private struct Identity: Decodable {
        var source, businessKey, transition, version, id: String
    }

    @Test("Facts have the ids of scheme 1")
    func identity() throws {
        let cases: [Identity] = try VectorFiles.read("identity")
        #expect(!cases.isEmpty)
        for fact in cases {
            let id = EventIdentity.id(
                source: fact.source, businessKey: fact.businessKey, transition: fact.transition,
                version: fact.version)
            #expect(id.hexadecimal == fact.id)
        }
    }

    private struct Signatures: Decodable {
        struct Request: Decodable {
            var method, path: String
            var fields: [[String]]
        }
        struct Case: Decodable {
            var name, kind: String
            var request: Request
            var signatureBase, problem: String?

            var message: SignedRequest {
                SignedRequest(
                    method: request.method, path: request.path,
                    fields: request.fields.map { (name: $0[0], value: $0[1]) })
            }

            var components: [String] { kind == "batch" ? SignedComponents.batch : SignedComponents.message }
        }
        var seed, publicKey, keyid: String
        var created: Int64
        var good, bad: [Case]
    }

    @Test("Signatures of another implementation are believed, and ours are the same")
    func goodSignatures() throws {
        let vectors: Signatures = try VectorFiles.read("signatures")
        let key = try Ed25519.PrivateKey(raw: Self.bytes(vectors.seed))
        #expect(Hexadecimal.encode(key.publicKey.raw) == vectors.publicKey)
        #expect(RequestSigner.keyID(of: key.publicKey) == vectors.keyid)
        let now = try #require(Timestamp(seconds: vectors.created))
        for vector in vectors.good {
            let verifier = try RequestVerifier(vector.message, components: vector.components)
            #expect(verifier.keyID == vectors.keyid, "\(vector.name)")
            try verifier.verify(key: key.publicKey, now: now)
            let base = try #require(vector.signatureBase)
            let signature = Base64.encode(try key.sign(Array(base.utf8)))
            #expect(vector.message.field("signature")?.hasSuffix("=:\(signature):") == true, "\(vector.name)")
        }
        let first = try #require(vectors.good.first)
        var unsigned = first.message
        unsigned.fields.removeLast(2)
        let ours = try RequestSigner(key: key).sign(unsigned, components: first.components, created: now)
        #expect(ours.map(\.value) == first.message.fields.suffix(2).map(\.value))
    }

    @Test("Each bad signature is refused for its own reason")
    func badSignatures() throws {
        let vectors: Signatures = try VectorFiles.read("signatures")
        let key = try Ed25519.PrivateKey(raw: Self.bytes(vectors.seed)).publicKey
        let now = try #require(Timestamp(seconds: vectors.created))
        for vector in vectors.bad {
            do {
                try RequestVerifier(vector.message, components: vector.components).verify(key: key, now: now)
                Issue.record("\(vector.name) was believed")
            } catch {
                #expect(String(describing: error) == vector.problem, "\(vector.name)")
            }
        }
    }

    private struct Pairing: Decodable {
        var invitation, secret, agentKey, relaySeed, relayKey, host, agent, agentVersion, relayVersion: String
        var transcript, relayProof, agentProof, address, authority, token, receipt, receiptSignature: String
        var expires: Int64
    }

    @Test("Token, transcript, proofs and receipt of a pairing are the same")
    func pairing() throws {
        let vector: Pairing = try VectorFiles.read("pairing")
        let secret = Secret(bytes: try Self.bytes(vector.secret))
        let agentKey = try Ed25519.PublicKey(raw: Self.bytes(vector.agentKey))
        let relay = try Ed25519.PrivateKey(raw: Self.bytes(vector.relaySeed))
        let token = try PairingToken(parsing: vector.token)
        #expect(token.address == vector.address)
        #expect(token.secret == secret)
        #expect(token.authority.map(Hexadecimal.encode) == vector.authority)
        #expect(token.expires.seconds == vector.expires)
        #expect(token.exposedText == vector.token)
        let transcript = PairingTranscript(
            invitation: try Self.bytes(vector.invitation), agentKey: agentKey, relayKey: token.relayKey,
            host: vector.host, agent: vector.agent, agentVersion: vector.agentVersion,
            relayVersion: vector.relayVersion)
        #expect(Hexadecimal.encode(transcript.proof(of: .relay, secret: secret)) == vector.relayProof)
        #expect(Hexadecimal.encode(transcript.proof(of: .agent, secret: secret)) == vector.agentProof)
        let written = HMAC.sha256(
            key: secret.exposedBytes, Array("agent".utf8) + [0] + (try Self.bytes(vector.transcript)))
        #expect(Hexadecimal.encode(written) == vector.agentProof)
        let receipt = PairingReceipt(
            agent: vector.agent, agentKey: agentKey, keyNumber: 1,
            time: try #require(Timestamp(seconds: vector.expires - 3_600)))
        #expect(Hexadecimal.encode(receipt.bytes) == vector.receipt)
        let signed = try SignedBytes(receipt.bytes, as: .receipt, key: relay)
        #expect(Hexadecimal.encode(signed.signature) == vector.receiptSignature)
    }

    private struct Batches: Decodable {
        struct Good: Decodable {
            var name, body, manifestDigest, manifest: String
            var schemas, events, salts, leaves: [String]
        }
        struct Bad: Decodable {
            var name, body, manifestDigest, error: String
        }
        var good: [Good]
        var bad: [Bad]
    }

    @Test("Batches of another implementation open, and we write their parts as it did")
    func goodBatches() throws {
        let vectors: Batches = try VectorFiles.read("batches")
        for vector in vectors.good {
            let digest = try #require(Digest32(try Self.bytes(vector.manifestDigest)))
            let batch = try OpenedBatch(
                body: try #require(Base64.decode(vector.body)), manifestDigest: digest)
            #expect(Hexadecimal.encode(batch.manifestBytes) == vector.manifest)
            #expect(batch.manifest.bytes == batch.manifestBytes, "\(vector.name)")
            #expect(batch.events.map { Hexadecimal.encode($0.salt) } == vector.salts)
            #expect(batch.events.map(\.leaf.hexadecimal) == vector.leaves)
            #expect(batch.events.map { Hexadecimal.encode($0.bytes) } == vector.events)
            #expect(batch.schemas.map { Hexadecimal.encode($0.bytes) } == vector.schemas)
            let schema = try batch.schemas.first.map { try EventSchema(bytes: $0.bytes) }
            for sealed in batch.events {
                let event = try Event(bytes: sealed.bytes)
                #expect(event.bytes == sealed.bytes, "\(event.subject)")
                guard let schema, event.type == schema.type else { continue }
                let record = try RecordDecoder.decode(event.data, by: schema.fields)
                #expect(try RecordEncoder.encode(record, by: schema.fields) == event.data)
            }
        }
    }

    @Test("Each bad batch is refused for its own reason")
    func badBatches() throws {
        let vectors: Batches = try VectorFiles.read("batches")
        for vector in vectors.bad {
            let digest = try #require(Digest32(try Self.bytes(vector.manifestDigest)))
            let body = try #require(Base64.decode(vector.body))
            do {
                _ = try OpenedBatch(body: body, manifestDigest: digest)
                Issue.record("\(vector.name) was opened")
            } catch {
                let type: ProblemType =
                    switch error {
                    case .malformed: .malformed
                    case .unsupportedVersion: .unsupportedVersion
                    case .tooLarge: .tooLarge
                    case .notOneGzipMember: .notOneGzipMember
                    case .digestMismatch: .digestMismatch
                    }
                #expect(type.rawValue == vector.error, "\(vector.name)")
            }
        }
    }
}
