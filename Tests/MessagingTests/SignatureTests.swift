import Cryptography
import Messaging
import Testing

@Suite("Signatures of the providers' webhooks")
struct SignatureTests {
    private static let published = "https://mycompany.com/myapp.php?foo=1&bar=2"
    private static let form =
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"

    private func verifier(_ token: String, _ algorithm: TwilioSignature.Algorithm = .sha1) -> TwilioSignature
    {
        TwilioSignature(keys: [.init(id: "primary", secret: Secret(token), algorithm: algorithm)])
    }

    @Test(
        "Collected cases C053 to C064 are judged as they must be",
        arguments: try Fixture.vectors().twilio_signature.vectors)
    func collected(_ vector: Fixture.Vectors.Signature) throws {
        let token = try Fixture.vectors().twilio_signature.token
        let form = vector.received_form.map { pairs in
            FormEncoding.encode(pairs.map { ($0[0], $0[1]) })
        }
        let signer = verifier(token).signer(
            signatures: vector.signature.map { [$0] } ?? [], address: vector.received_url,
            contentType: vector.content_type, body: Array((vector.body ?? form ?? "").utf8))
        // What is to be decided (V11) we refuse, as the official validator does.
        #expect((signer == "primary") == (vector.expect == "accept"))
    }

    @Test(
        "The official libraries' vectors are accepted",
        arguments: [
            (published, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            ("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w="),
            ("http://mycompany.com:80/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
            ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
            ("https://user:pass@mycompany.com/myapp.php?foo=1&bar=2#x", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            (published + "&Body=It%27s+amazing", "TfZzewPq8wqrGlMfyAud8+/IvJ0="),
        ])
    func official(_ address: String, _ signature: String) {
        let signer = verifier("12345").signer(
            signatures: [signature], address: address, contentType: "application/x-www-form-urlencoded",
            body: Array(Self.form.utf8))
        #expect(signer == "primary")
    }

    @Test("Repeated keys are sorted and their equal values signed once")
    func repeatedKeys() {
        let body = Array("Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234".utf8)
        let signer = verifier("12345").signer(
            signatures: ["IK+Dwps556ElfBT0I3Rgjkr1wJU="], address: Self.published,
            contentType: "application/x-www-form-urlencoded", body: body)
        #expect(signer == "primary")
    }

    @Test("A shared key verifies by its own hash alone")
    func sharedKey() {
        let signature = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="
        for (algorithm, expected) in [(TwilioSignature.Algorithm.sha256, true), (.sha1, false)] {
            let signer = verifier("12345", algorithm).signer(
                signatures: [signature], address: Self.published,
                contentType: "application/x-www-form-urlencoded",
                body: Array(Self.form.utf8))
            #expect((signer != nil) == expected)
        }
    }

    @Test("Two signatures, another token and a changed body are refused")
    func refused() {
        let good = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        let body = Array(Self.form.utf8)
        let form = "application/x-www-form-urlencoded"
        #expect(
            verifier("12345").signer(
                signatures: [good, good], address: Self.published, contentType: form, body: body)
                == nil)
        #expect(
            verifier("12346").signer(
                signatures: [good], address: Self.published, contentType: form, body: body) == nil)
        #expect(
            verifier("12345").signer(
                signatures: [good], address: Self.published, contentType: form, body: body + [48]) == nil)
        #expect(
            TwilioSignature(keys: []).signer(
                signatures: [good], address: Self.published, contentType: form, body: body) == nil)
    }

    @Test(
        "SendGrid's batches C065 to C070 are genuine byte for byte or not at all",
        arguments: try Fixture.vectors().sendgrid_events.vectors)
    func sendGrid(_ vector: Fixture.Vectors.EventBatch) throws {
        let verifier = try SendGridSignature(publicKeysBase64: [Fixture.vectors().sendgrid_events.public_key])
        let body = try #require(Base64.decode(vector.body_base64))
        let isGenuine = verifier.isGenuine(
            signatures: [vector.signature], timestamps: [vector.timestamp], body: body)
        #expect(isGenuine == vector.expect.hasPrefix("accept"))
    }

    @Test("A batch is read whole: an absent message id, a category of either form, unknown words")
    func events() throws {
        let vectors = try Fixture.vectors().sendgrid_events.vectors
        let bounce = try #require(vectors.first { $0.id == "G2" })
        let body = try #require(Base64.decode(bounce.body_base64))
        let batch = try #require(SendGridEvent.batch(body))
        #expect(batch.events.map(\.eventID) == ["b1", "b2", "b3"])
        #expect(batch.events.map(\.messageID) == [nil, "m2.f", nil])
        #expect(batch.events[0].timestamp == 1_764_000_000)
        let category = try #require(vectors.first { $0.id == "G4" })
        let both = try #require(Base64.decode(category.body_base64))
        #expect(SendGridEvent.batch(both)?.events.count == 2)
        #expect(SendGridEvent.batch(Array(#"[1,{"event":"huh"}]"#.utf8))?.unreadable == 1)
        #expect(SendGridEvent.batch(Array("{}".utf8)) == nil)
    }
}
