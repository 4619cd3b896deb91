import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("The stand-in for Twilio over real sockets")
struct TwilioSimulatorTests {
    private static let good = "To=%2B491701234567&From=%2B15005550006&Body=Hello+there"

    @Test("A create is answered as the API says, fetched, listed, and delivered with signed callbacks")
    func delivery() async throws {
        try await SimulatorHarness.run { harness in
            let callback =
                "\(harness.hooks)/cb/n1/1?x=%27#rc=2"
                .addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let made = try await harness.create(Self.good + "&StatusCallback=\(callback)")
            #expect(made.status == 201)
            #expect(made.json["status"] as? String == "queued")
            #expect(made.json["num_segments"] as? String == "1")
            #expect(made.json["error_code"] is NSNull)
            let sid = try #require(made.json["sid"] as? String)
            #expect(sid.hasPrefix("SM") && sid.utf8.count == 34)
            #expect(try await eventually { harness.received.count == 2 })
            #expect(harness.received.map { $0.body.contains("MessageStatus=sent") } == [true, false])
            #expect(harness.received.allSatisfy { $0.path == "/cb/n1/1?x=%27" })
            #expect(harness.received.allSatisfy { $0.headers["x-twilio-signature"] != nil })
            let path = "/2010-04-01/Accounts/\(SimulatorHarness.account)/Messages"
            #expect(try await harness.send(.GET, "\(path)/\(sid).json").body.contains("\"delivered\""))
            let list = try await harness.send(.GET, "\(path).json?To=%2B491701234567&DateSent%3E=2020-01-01")
            #expect(list.body.contains(sid))
            let count = try await harness.count("SELECT count(*) FROM callback WHERE state = 'delivered'")
            #expect(count == 2)
        }
    }

    @Test(
        "A create that Twilio would refuse is refused with its code and set down as refused",
        arguments: [
            ("From=%2B15005550006&Body=x", 21_604), ("To=%2B491701234567&Body=x", 21_603),
            ("To=%2B491701234567&From=%2B15005550006", 21_602), ("To=12&From=%2B15005550006&Body=x", 21_211),
            ("To=%2B15005550004&From=%2B15005550006&Body=x", 21_610),
            (Self.good + "&ValidityPeriod=99999", 21_624), (Self.good + "&StatusCallback=nowhere", 21_609),
            (Self.good + "&MessagingServiceSid=nope", 21_705),
        ])
    func refusals(form: String, code: Int) async throws {
        try await SimulatorHarness.run { harness in
            let answer = try await harness.create(form)
            #expect(answer.status == 400)
            #expect(answer.json["code"] as? Int == code)
            #expect(try await harness.count("SELECT count(*) FROM create_request WHERE accepted = 0") == 1)
            #expect(try await harness.count("SELECT count(*) FROM message") == 0)
        }
    }

    @Test("A wrong password is 401, and the path under messaging.twilio.com does not exist")
    func access() async throws {
        try await SimulatorHarness.run { harness in
            let path = "/2010-04-01/Accounts/\(SimulatorHarness.account)/Messages.json"
            let wrong = try await harness.send(.POST, path, body: Self.good, authorization: "Basic eA==")
            #expect(wrong.status == 401)
            let service = "/v1/Services/MG" + String(repeating: "0", count: 32)
            #expect(try await harness.send(.GET, service).status == 200)
            let nothing = try await harness.send(.POST, service + "/Messages", body: Self.good)
            #expect(nothing.status == 404 && nothing.body.contains("20404"))
            let bare = try await harness.send(.GET, path.replacing(".json", with: ""))
            #expect(bare.status == 404 && !bare.body.hasPrefix("{"))
        }
    }

    @Test(
        "A reset or a lost answer leaves an accepted message behind",
        arguments: ["accept_then_reset", "answer_lost"])
    func ambiguous(kind: String) async throws {
        try await SimulatorHarness.run { harness in
            let plan = "{\"faults\":[{\"kind\":\"\(kind)\",\"reused\":true,\"count\":1}]}"
            _ = try await harness.control(.PUT, "/faults", plan)
            #expect(try await harness.create(Self.good).status == 201)
            await #expect(throws: (any Error).self) { try await harness.create(Self.good) }
            #expect(try await harness.count("SELECT count(*) FROM message") == 2)
            #expect(try await harness.create(Self.good).status == 201)
            #expect(try await harness.control(.GET, "/faults").contains("\"used\":[1]"))
        }
    }

    @Test(
        "Errors before accepting leave no message, errors after it leave one",
        arguments: [("rate_limited", 429, 0), ("error_before", 503, 0), ("error_after", 500, 1)]
            as [(String, Int, Int64)])
    func errors(kind: String, status: Int, messages: Int64) async throws {
        try await SimulatorHarness.run { harness in
            _ = try await harness.control(.PUT, "/faults", "{\"faults\":[{\"kind\":\"\(kind)\"}]}")
            #expect(try await harness.create(Self.good).status == status)
            #expect(try await harness.count("SELECT count(*) FROM message") == messages)
        }
    }

    @Test("A callback can come before the answer, twice, or never")
    func callbacks() async throws {
        try await SimulatorHarness.run { harness in
            let form = Self.good + "&StatusCallback=\(harness.hooks)/cb"
            _ = try await harness.control(
                .PUT, "/faults", "{\"faults\":[{\"kind\":\"callback_first\",\"count\":1}]}")
            _ = try await harness.create(form)
            #expect(!harness.received.isEmpty)
            #expect(try await eventually { harness.received.count == 2 })
            _ = try await harness.control(.PUT, "/faults", "{\"faults\":[{\"kind\":\"callback_repeated\"}]}")
            _ = try await harness.create(form)
            #expect(try await eventually { harness.received.count == 6 })
            _ = try await harness.control(.PUT, "/faults", "{\"faults\":[{\"kind\":\"callback_withheld\"}]}")
            let silent = try await harness.create(form)
            let sid = try #require(silent.json["sid"] as? String)
            #expect(
                try await eventually {
                    try await harness.count(
                        "SELECT count(*) FROM message WHERE sid = '\(sid)' AND status = 'delivered'") == 1
                })
            #expect(try await harness.count("SELECT count(*) FROM callback WHERE state = 'withheld'") == 2)
            #expect(harness.received.count == 6)
        }
    }

    @Test("A callback refused with 5xx is tried again only where the fragment says so")
    func retries() async throws {
        try await SimulatorHarness.run { harness in
            harness.answer([500, 500])
            _ = try await harness.create(Self.good + "&StatusCallback=\(harness.hooks)/cb")
            #expect(
                try await eventually {
                    try await harness.count("SELECT count(*) FROM callback WHERE state = 'lost'") == 2
                })
            harness.answer([500, 500])
            _ = try await harness.create(
                Self.good + "&StatusCallback=\(harness.hooks)/cb%23rc%3D5%26rp%3Dall")
            #expect(
                try await eventually {
                    try await harness.count("SELECT count(*) FROM callback WHERE state = 'delivered'") == 2
                })
        }
    }

    @Test("What a simulator that ended had planned is done by the next one with its ledger")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let port = Mutex(0)
        try await SimulatorHarness.run(in: folder) { harness in
            _ = try await harness.control(
                .PUT, "/settings", #"{"sentDelayMs":60000,"deliveredDelayMs":60000,"listLagMs":0}"#)
            let made = try await harness.create(Self.good + "&StatusCallback=\(harness.hooks)/cb")
            #expect(made.status == 201)
            #expect(try await harness.count("SELECT count(*) FROM step WHERE done_ms IS NULL") == 2)
            port.withLock { $0 = Int(harness.hooks.split(separator: ":").last ?? "") ?? 0 }
        }
        try await SimulatorHarness.run(in: folder, hookPort: port.withLock { $0 }) { harness in
            #expect(try await harness.control(.GET, "/settings").contains("\"sentDelayMs\":60000"))
            _ = try await harness.control(.POST, "/clock", #"{"advance_ms":61000}"#)
            let delivered = try await eventually { harness.received.count == 2 }
            #expect(delivered)
            let count = try await harness.count("SELECT count(*) FROM message WHERE status = 'delivered'")
            #expect(count == 1)
        }
    }

    @Test("What waits longer for its sending than it may fails as Twilio says")
    func expiry() async throws {
        try await SimulatorHarness.run { harness in
            _ = try await harness.control(
                .PUT, "/faults", #"{"faults":[{"kind":"queued_longer","ms":5000}]}"#)
            _ = try await harness.create(Self.good + "&ValidityPeriod=1&StatusCallback=\(harness.hooks)/cb")
            #expect(try await eventually { harness.received.count == 1 })
            let body = harness.received.first?.body ?? ""
            #expect(body.contains("MessageStatus=failed") && body.contains("ErrorCode=30036"))
        }
    }

    @Test("Pages are followed without a gap and without a repetition while messages come in")
    func paging() async throws {
        try await SimulatorHarness.run { harness in
            var sids: [String] = []
            for _ in 0..<5 {
                sids.append(try #require(try await harness.create(Self.good).json["sid"] as? String))
            }
            var path: String? = "/2010-04-01/Accounts/\(SimulatorHarness.account)/Messages.json?PageSize=2"
            var found: [String] = []
            while let next = path {
                let text = try await harness.send(.GET, next).body
                let page = try #require(
                    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
                let messages = try #require(page["messages"] as? [[String: Any]])
                found += messages.compactMap { $0["sid"] as? String }
                path = page["next_page_uri"] as? String
                _ = try await harness.create(Self.good)
            }
            #expect(found == sids.reversed())
        }
    }

    @Test("An e-mail is accepted with its id, and its signed events carry the custom arguments")
    func email() async throws {
        try await SimulatorHarness.run { harness in
            _ = try await harness.control(
                .PUT, "/settings",
                "{\"sentDelayMs\":1,\"deliveredDelayMs\":2,\"listLagMs\":0,\"eventWebhookURL\":\"\(harness.hooks)/sg\"}"
            )
            let mail = """
                {"personalizations":[{"to":[{"email":"bounce@vendor.example"}]}],"from":{"email":"a@b.example"},
                "subject":"s","content":[{"type":"text/plain","value":"v"}],"custom_args":{"ml_attempt":"1"}}
                """
            let refused = try await harness.send(
                .POST, "/v3/mail/send", body: "{}", authorization: "Bearer SG.key")
            #expect(refused.status == 400)
            let answer = try await harness.send(
                .POST, "/v3/mail/send", body: mail, authorization: "Bearer SG.key")
            #expect(answer.status == 202)
            let id = try #require(answer.headers.first(name: "X-Message-Id"))
            #expect(try await eventually { harness.received.count == 2 })
            for event in harness.received {
                #expect(event.body.contains("\"ml_attempt\":\"1\"") && event.body.contains(id))
                #expect(event.headers["x-twilio-email-event-webhook-signature"] != nil)
            }
            #expect(harness.received.contains { $0.body.contains("\"bounce\"") })
            #expect(try await harness.control(.GET, "/public-key").contains("MFkwEwYHKoZIzj0CAQ"))
        }
    }
}
