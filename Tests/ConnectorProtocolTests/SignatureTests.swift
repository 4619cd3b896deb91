import ConnectorProtocol
import Cryptography
import Testing
import Values

/// Requests are signed by RFC 9421, and verified by nothing but its strict form.
struct SignatureTests {
    private let key = try? Ed25519.PrivateKey(raw: Array(0..<32))
    private let now = Timestamp(seconds: 1_764_000_000)

    private func request(
        digest: String = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
    ) -> SignedRequest {
        SignedRequest(
            method: "POST", path: "/v1/agents/a1/batches",
            fields: [("Content-Digest", digest), ("Content-Type", "application/x-protobuf")])
    }

    private func signed() throws -> SignedRequest {
        var request = request()
        request.fields += try RequestSigner(key: #require(key)).sign(
            request, components: SignedComponents.message, created: #require(now))
        return request
    }

    private static let covered = "(\"@method\" \"@path\" \"content-digest\")"
    private static let good =
        "5FPvOpcdM5bZiwi6n2wdhpyQcc9Syja6RtLVa5isD/Y/U34FuiML0hg2zY9sYgfiKdAguWZajoYZtI8Eva0kDg=="

    private func foreign(_ parameters: String, _ signature: String) -> SignedRequest {
        var request = request()
        request.fields.append(("Signature-Input", "sig1=" + SignatureTests.covered + parameters))
        request.fields.append(("Signature", "sig1=:\(signature):"))
        return request
    }

    @Test("A signature made by another library is accepted (case C144)")
    func anotherLibrary() throws {
        let verifier = try RequestVerifier(
            foreign(";created=1764000000;keyid=\"k1\";alg=\"ed25519\"", SignatureTests.good),
            components: ["@method", "@path", "content-digest"])
        #expect(verifier.keyID == "k1")
        try verifier.verify(key: #require(key).publicKey, now: #require(now))
    }

    @Test("Tokens where strings are due are refused (case C144)")
    func tokens() {
        let request = foreign(
            ";created=1764000000;keyid=k1;alg=ed25519",
            "yw6r88JZVQ1FCN0/W4jhfI0nLjZrPa+Ydy7YKMjwo3MKtf36s2tpT/orI31DRaY4kem5+nVr/KIeuDImUW6xBA==")
        #expect(throws: SignatureProblem.malformed) {
            _ = try RequestVerifier(request, components: ["@method", "@path", "content-digest"])
        }
    }

    @Test("A signature that leaves a component uncovered is refused, however valid (case C151)")
    func uncovered() {
        let request = foreign(";created=1764000000;keyid=\"k1\";alg=\"ed25519\"", SignatureTests.good)
        #expect(throws: SignatureProblem.uncovered) {
            _ = try RequestVerifier(request, components: SignedComponents.message)
        }
    }

    @Test("What one side signs the other believes, inside ten minutes either way", arguments: [-600, 0, 600])
    func window(seconds: Int64) throws {
        let verifier = try RequestVerifier(signed(), components: SignedComponents.message)
        let later = try #require(Timestamp(seconds: 1_764_000_000 + seconds))
        try verifier.verify(key: #require(key).publicKey, now: later)
    }

    @Test("A clock that is off is told apart from a wrong signature", arguments: [-601, 601, 94_608_000])
    func clock(seconds: Int64) throws {
        let verifier = try RequestVerifier(signed(), components: SignedComponents.message)
        let later = try #require(Timestamp(seconds: 1_764_000_000 + seconds))
        #expect(throws: SignatureProblem.outsideWindow) {
            try verifier.verify(key: #require(key).publicKey, now: later)
        }
    }

    @Test("A changed path, method or digest breaks the signature", arguments: 0..<3)
    func tampered(part: Int) throws {
        var request = try signed()
        switch part {
        case 0: request.path = "/v1/agents/a2/batches"
        case 1: request.method = "PUT"
        default: request.fields[0].value = ContentDigest.field(of: [1])
        }
        let verifier = try RequestVerifier(request, components: SignedComponents.message)
        #expect(throws: SignatureProblem.wrong) {
            try verifier.verify(key: #require(key).publicKey, now: #require(now))
        }
    }

    @Test("A covered field that came twice is refused")
    func twice() throws {
        var request = try signed()
        request.fields.append(("content-digest", ContentDigest.field(of: [1])))
        #expect(throws: SignatureProblem.uncovered) {
            _ = try RequestVerifier(request, components: SignedComponents.message)
        }
    }

    @Test("Asking about lineages is signed where it is done")
    func optional() throws {
        var request = try signed()
        request.fields.append(("Lineages", ":AAAAAAAAAAAAAAAAAAAAAA==:"))
        #expect(throws: SignatureProblem.uncovered) {
            _ = try RequestVerifier(request, components: SignedComponents.message)
        }
    }

    @Test("The digest is that of the packed bytes (case C148)")
    func digest() throws {
        let body = try #require(
            Hexadecimal.decode("1f8b0800000000000203ab564a54b232ac0500afac1b5607000000"))
        #expect(ContentDigest.field(of: body) == "sha-256=:kiBMzNcCi0rhyTPG3b886NDkw6lJcg0lGzm1HqGegxg=:")
        #expect(ContentDigest.digest(field: ContentDigest.field(of: body)) == SHA256.hash(body))
        #expect(ContentDigest.digest(field: "sha-256=kiBM") == nil)
    }
}
