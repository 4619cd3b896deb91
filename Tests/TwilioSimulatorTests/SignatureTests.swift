import Testing

@testable import TwilioSimulator

@Suite("Signatures of the stand-in")
struct SignatureTests {
    private static let url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    @Test(
        "The published vectors of Twilio's own libraries come out",
        arguments: [
            (
                url,
                "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
                "RSOYDt4T1cUTdK1PDd93/VVr8B8="
            ),
            (
                url, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
                "IK+Dwps556ElfBT0I3Rgjkr1wJU="
            ),
            (url, "property=value&boolean=true", "NBdBDr/T/lgjI+tlgpXjKZQZs/k="),
        ])
    func vectors(url: String, form: String, expected: String) throws {
        let signer = try WebhookSigner(authToken: "12345", seed: 1)
        #expect(signer.twilioSignature(url: url, fields: FormFields(parsing: form)) == expected)
    }

    @Test("A callback's fragment and user are not part of what is called and signed")
    func target() throws {
        let target = try #require(CallbackTarget("https://u:p@relay.example/cb/1?a=%27#rc=5&rp=4xx,5xx"))
        #expect(target.url == "https://relay.example/cb/1?a=%27")
        #expect(target.retries == 5)
        #expect(target.retries(after: 503) && !target.retries(after: nil))
        #expect(CallbackTarget("https://bad_host/cb") == nil)
    }
}
