import Cryptography
import Foundation
import HTTPTransport
import Messaging
import Testing

@Suite("What an answer proves about an attempt")
struct OutcomeTests {
    private static let sid = "SM0123456789abcdef0123456789abcdef"
    private let send = TwilioSend(
        to: "+491511234567", sender: .number("+15005550006"), body: "Bestellung 4500000001 & mehr",
        statusCallback: "https://relay.example.com/w/a/n/1/x", validitySeconds: 900)

    private func messages(_ transport: ScriptedTransport) throws -> TwilioMessages {
        try TwilioMessages(
            account: TwilioAccount(
                baseAddress: "https://api.example.com", accountSID: "AC1", apiKey: "SK1",
                password: Secret("s")),
            transport: transport, catalogue: Fixture.catalogue())
    }

    @Test("A create carries what Twilio needs, asks for retries, and is marked as sent once")
    func create() async throws {
        let transport = ScriptedTransport(answer(201, #"{"sid":"\#(Self.sid)","status":"queued"}"#))
        let outcome = try await messages(transport).create(send).outcome
        #expect(outcome == .accepted(reference: Self.sid))
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://api.example.com/2010-04-01/Accounts/AC1/Messages.json")
        #expect(!request.idempotent)
        #expect(request.headers.first { $0.name == "Authorization" }?.value == "Basic U0sxOnM=")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "To=%2B491511234567&From=%2B15005550006&Body=Bestellung%204500000001%20%26%20mehr"
                + "&StatusCallback=https%3A%2F%2Frelay.example.com%2Fw%2Fa%2Fn%2F1%2Fx%23rc%3D5%26rp%3Dall"
                + "&ValidityPeriod=900")
    }

    @Test(
        "Each answer of Twilio is classed by what it proves",
        arguments: [
            (answer(201, "<html>"), SendOutcome.ambiguous(reason: "status 201 without a SID")),
            (
                answer(200, #"{"sid":"SMx","status":"queued"}"#),
                .ambiguous(reason: "status 200 without a SID")
            ),
            (answer(500, #"{"code":20500}"#), .ambiguous(reason: "status 500")),
            (answer(301), .ambiguous(reason: "status 301")),
            (answer(400, "<html>"), .ambiguous(reason: "status 400 without Twilio's body")),
            (
                answer(403, #"{"code":403,"message":"x"}"#),
                .ambiguous(reason: "status 403 without Twilio's body")
            ),
            (answer(403, #"{"code":true}"#), .ambiguous(reason: "status 403 without Twilio's body")),
            (answer(407), .ambiguous(reason: "status 407 without Twilio's body")),
            (answer(201, #"{"sid":"\(sid)"}"#), .ambiguous(reason: "status 201 without a SID")),
            (answer(204), .ambiguous(reason: "status 204 without a SID")),
            (answer(429), .retryable(code: "429", after: .seconds(5))),
            (
                answer(429, "<html>", headers: [("retry-after", "soon")]),
                .retryable(code: "429", after: .seconds(5))
            ),
            (answer(429, headers: [("retry-after", "0")]), .retryable(code: "429", after: .seconds(1))),
            (
                answer(429, headers: [("retry-after", "99999999999999999999999")]),
                .retryable(code: "429", after: .seconds(86_400))
            ),
            (
                answer(
                    429, #"{"code":60203}"#,
                    headers: [
                        ("date", "Thu, 24 Aug 2023 05:01:45 GMT"),
                        ("retry-after", "Thu, 24 Aug 2023 05:03:45 GMT"),
                    ]), .retryable(code: "60203", after: .seconds(120))
            ),
            (
                answer(429, headers: [("retry-after", "Thu, 24 Aug 2023 05:03:45 GMT")]),
                .retryable(code: "429", after: .seconds(5))
            ),
            (answer(429, #"{"code":20429}"#), .retryable(code: "20429", after: .seconds(5))),
            (answer(429, #"{"code":60203}"#), .retryable(code: "60203", after: .seconds(600))),
            (answer(429, headers: [("retry-after", "7")]), .retryable(code: "429", after: .seconds(7))),
            (answer(400, #"{"code":21211}"#), .permanent(code: "21211", class: .recipient)),
            (answer(400, #"{"code":21610}"#), .permanent(code: "21610", class: .optOut)),
            (answer(400, #"{"code":21611}"#), .retryable(code: "21611", after: .seconds(600))),
            (answer(401, #"{"code":20003}"#), .permanent(code: "20003", class: .configuration)),
            (answer(400, #"{"code":99999}"#), .permanent(code: "99999", class: .unknown)),
            (
                answer(404, #"{"errors":[{"code":20404,"message":"x"}]}"#),
                .permanent(code: "20404", class: .configuration)
            ),
            (.failure(TransportError(kind: .connect, departure: .notLeft)), .notLeft(reason: "connect")),
            (.failure(TransportError(kind: .reset, departure: .ambiguous)), .ambiguous(reason: "reset")),
            (.failure(TransportError(kind: .timeout, departure: .ambiguous)), .ambiguous(reason: "timeout")),
        ] as [(Result<TransportResponse, TransportError>, SendOutcome)])
    func classes(_ given: Result<TransportResponse, TransportError>, _ expected: SendOutcome) async throws {
        #expect(try await messages(ScriptedTransport(given)).create(send).outcome == expected)
    }

    @Test("A list follows its pages, and one that is cut short is not complete")
    func list() async throws {
        let row = #"{"sid":"\#(Self.sid)","status":"sent","date_created":"Thu, 24 Aug 2023 05:01:45 +0000"}"#
        let first = answer(200, #"{"messages":[\#(row)],"next_page_uri":"/2010-04-01/next"}"#)
        let last = answer(200, #"{"messages":[],"next_page_uri":null}"#)
        let transport = ScriptedTransport(first, last)
        let listing = try await messages(transport).list(to: "+491511234567", since: 0, now: 0)
        #expect(listing.isComplete)
        #expect(listing.messages.map(\.createdAt) == [1_692_853_305])
        #expect(transport.requests.map(\.url).last == "https://api.example.com/2010-04-01/next")
        let short = try await messages(ScriptedTransport(first)).list(
            to: "+49", since: 0, now: 0, pageLimit: 1)
        #expect(!short.isComplete)
        let foreign = answer(200, #"{"messages":[],"next_page_uri":"//evil.example/x"}"#)
        await #expect(throws: TwilioMessages.ReadFailure.malformed) {
            _ = try await messages(ScriptedTransport(foreign)).list(to: "+49", since: 0, now: 0)
        }
    }

    @Test("A fetch tells an unknown message from a refusal")
    func fetch() async throws {
        let unknown = answer(404, #"{"code":20404}"#)
        await #expect(throws: TwilioMessages.ReadFailure.notFound) {
            _ = try await messages(ScriptedTransport(unknown)).fetch(sid: Self.sid)
        }
        await #expect(throws: TwilioMessages.ReadFailure.refused(status: 401, code: 20_003)) {
            _ = try await messages(ScriptedTransport(answer(401, #"{"code":20003}"#))).fetch(sid: Self.sid)
        }
    }

    @Test(
        "Each answer of SendGrid is classed by what it proves",
        arguments: [
            (answer(202, headers: [("x-message-id", "m1")]), SendOutcome.accepted(reference: "m1")),
            (answer(202), .ambiguous(reason: "status 202 without X-Message-Id")),
            (answer(503), .ambiguous(reason: "status 503")),
            (
                answer(400, #"{"errors":[{"message":"x","field":null}]}"#),
                .permanent(code: "400", class: .content)
            ),
            (answer(400, "<html>"), .ambiguous(reason: "status 400 without SendGrid's body")),
            (answer(413, "<html>"), .permanent(code: "413", class: .content)),
            (answer(401, #"{"errors":[{"message":"x"}]}"#), .permanent(code: "401", class: .configuration)),
            (answer(429), .retryable(code: "429", after: .seconds(5))),
            (answer(429, headers: [("retry-after", "9")]), .retryable(code: "429", after: .seconds(9))),
            (answer(302), .ambiguous(reason: "status 302")),
        ] as [(Result<TransportResponse, TransportError>, SendOutcome)])
    func sendGrid(_ given: Result<TransportResponse, TransportError>, _ expected: SendOutcome) async throws {
        let transport = ScriptedTransport(given)
        let client = try SendGridClient(
            key: Secret("SG.x"), transport: transport, catalogue: Fixture.catalogue())
        let mail = SendGridMail(
            to: "a@example.com", from: "b@example.com", subject: "Order\r\nBcc: x", text: "Text",
            customArguments: [SendGridMail.Argument.attempt: "1"])
        #expect(await client.send(mail).outcome == expected)
        let body = String(decoding: transport.requests[0].body ?? [], as: UTF8.self)
        #expect(body.contains(#""subject":"Order Bcc: x""#))
        #expect(body.contains(#""custom_args":{"ml_attempt":"1"}"#))
        #expect(!transport.requests[0].idempotent)
    }
}
