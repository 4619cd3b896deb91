import Cryptography
import Foundation
import HTTPTransport
import RelayCore
import SQLStore
import TestSupport
import Testing

@Suite("Webhooks over sockets")
struct WebhookOverSocketsTests {
    private static let publicURL = "https://relay.example.com"
    private static let notification = String(repeating: "ab", count: 16)
    private static let form = [("Content-Type", "application/x-www-form-urlencoded")]
    private static let message = "MessageSid=SM1&MessageStatus=delivered&To=%2B4915112345678&ErrorCode="

    private static func setUp(_ relay: TestRelay, tokens: [String] = ["token"]) async throws {
        let now = relay.clock.now
        try await relay.scope.write { statements in
            for (account, provider) in [("t", "twilio"), ("s", "sendgrid")] {
                try statements.registerWebhook("hook-\(account)")
                try statements.run(
                    """
                    INSERT INTO provider_account (tenant, account, provider, base_url, webhook, public_url, created_at)
                    VALUES (?1, ?2, ?3, 'https://api.example.com', ?4, ?5, ?6)
                    """,
                    [
                        .text(account), .text(provider), .text("hook-\(account)"), .text(publicURL), now.sql,
                    ])
            }
            try statements.run(
                """
                INSERT INTO event (tenant, event, id, kind, type, source, subject, business_key, transition,
                    version, origin, told, time_at, known_at, detected_at, received_at, journaled_at)
                VALUES (?1, ?3, zeroblob(32), 'fact', 't', 's', '1', 'k', 'created', '1', 'live', 1, ?2, ?2, ?2,
                    ?2, ?2)
                """, [now.sql, .integer(try statements.next(.event))])
            try statements.run(
                """
                INSERT INTO notification (tenant, notification, event, rule_set, rule, channel, role, state,
                    due_at, deadline_at, created_at, changed_at)
                VALUES (?1, ?2, 1, 1, 'r', 'sms', 'buyer', 'accepted', ?3, ?3, ?3, ?3)
                """, [.text(notification), now.sql])
            try statements.run(
                """
                INSERT INTO attempt (tenant, notification, incarnation, n, nonce, account, sender, epoch, node,
                    intent_at, send_lease_until, validity_seconds, wait_until)
                SELECT ?1, ?2, incarnation, 1, x'', 't', '+1500', 1, 'n', ?3, ?3, 900, ?3 FROM tenant
                WHERE tenant = ?1
                """, [.text(notification), now.sql])
        }
        let secrets = TenantSecrets(keys: relay.keys)
        for token in tokens {
            try await secrets.set(
                relay.scope, name: "t.auth_token", value: Secret(token), by: "anna", now: now)
        }
    }

    /// The address of an attempt's callback, with the nonce that the dispatcher would have drawn.
    private static func target(
        _ relay: TestRelay, _ notification: String = notification, n: Int64 = 1, nonce: [UInt8]? = nil,
    ) async throws -> String {
        let incarnation = try #require(try await relay.store.incarnation())
        let made = AttemptNonce.make(
            key: relay.keys.nonceKey, tenant: .first, notification: notification, incarnation: incarnation,
            n: n)
        return AttemptNonce.callbackAddress(
            publicURL: "", webhook: "hook-t", notification: notification, n: n, nonce: nonce ?? made)
    }

    private static func signature(_ target: String, _ body: String, token: String = "token") -> String {
        let pairs = body.split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
            }
        }
        let text = pairs.sorted { $0[0] < $1[0] }.map { $0.joined() }.joined()
        return Base64.encode(HMAC.sha1(key: Array(token.utf8), Array((publicURL + target + text).utf8)))
    }

    private static func evidence(_ relay: TestRelay) async throws -> [String] {
        try await relay.scope.read { statements in
            try statements.rows(
                """
                SELECT kind, coalesce(notification, '-'), coalesce(n, 0), coalesce(status, '-'),
                    coalesce(sid, '-') FROM evidence WHERE tenant = ?1 ORDER BY evidence
                """
            ).map { row in
                "\(try row.text(0)) \(try row.text(1)) \(try row.integer(2)) \(try row.text(3)) \(try row.text(4))"
            }
        }
    }

    private static func counted(_ relay: TestRelay) async throws -> Int64 {
        try await relay.count("SELECT evidence FROM notification WHERE tenant = ?1")
    }

    @Test(
        "A signed callback is stored with its evidence and the count on its notification; a repeated one once"
    )
    func genuine() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let target = try await Self.target(relay)
            let fields = Self.form + [("X-Twilio-Signature", Self.signature(target, Self.message))]
            // A proxy may pass on a path of its own.
            for address in [target, "/hooks" + target, target] {
                let answer = try await relay.call(
                    "POST", address, fields: fields, body: Array(Self.message.utf8))
                #expect(answer.status == 204 && answer.body.isEmpty)
            }
            #expect(try await Self.evidence(relay) == ["callback \(Self.notification) 1 delivered SM1"])
            #expect(try await Self.counted(relay) == 1)
            #expect(relay.stored.now == 1 && relay.counts["webhook.repeated"] == 2)
            let row = try await relay.scope.read { try $0.first("SELECT * FROM callback WHERE tenant = ?1") }
            let callback = try #require(row)
            #expect(try callback.text("verified_by") == "primary")
            #expect(try callback.blob("body") == Array(Self.message.utf8))
            #expect(try callback.text("path") == target)
        }
    }

    @Test(
        "Unsigned, signed with another token, signed twice or for another address: 403, and nothing changes")
    func forged() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let target = try await Self.target(relay)
            let right = Self.signature(target, Self.message)
            let headers: [[(String, String)]] = [
                [], [("X-Twilio-Signature", "")], [("X-Twilio-Signature", "AAAA")],
                [("X-Twilio-Signature", Self.signature(target, Self.message, token: "other"))],
                [("X-Twilio-Signature", right), ("X-Twilio-Signature", right)],
                [("X-Twilio-Signature", Self.signature("/w/hook-t", Self.message))],
            ]
            for extra in headers {
                let answer = try await relay.call(
                    "POST", target, fields: Self.form + extra, body: Array(Self.message.utf8))
                #expect(answer.status == 403)
                #expect(answer.header("content-type") == "application/problem+json")
            }
            let changed = Array(Self.message.replacingOccurrences(of: "delivered", with: "failed").utf8)
            let answer = try await relay.call(
                "POST", target, fields: Self.form + [("X-Twilio-Signature", right)], body: changed)
            #expect(answer.status == 403)
            #expect(relay.counts["webhook.refused.webhook-unsigned"] == 7)
            #expect(try await relay.count("SELECT count(*) FROM callback WHERE tenant = ?1") == 0)
            #expect(try await Self.counted(relay) == 0)
        }
    }

    @Test("JSON is believed only with the digest of its bytes in the signed address")
    func json() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let body = #"{"a":1}"#
            let target = "/w/hook-t?bodySHA256=" + SHA256.hash(body).hexadecimal
            let signed = [
                ("Content-Type", "application/json"), ("X-Twilio-Signature", Self.signature(target, "")),
            ]
            #expect(
                try await relay.call("POST", target, fields: signed, body: Array(#"{"a":2}"#.utf8)).status
                    == 403)
            #expect(
                try await relay.call("POST", target, fields: signed, body: Array(body.utf8)).status == 204)
            let bare = [
                ("Content-Type", "application/json"), ("X-Twilio-Signature", Self.signature("/w/hook-t", "")),
            ]
            #expect(
                try await relay.call("POST", "/w/hook-t", fields: bare, body: Array(body.utf8)).status == 403)
        }
    }

    @Test("The token before the last still verifies; the one before that does not")
    func rotation() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay, tokens: ["first", "second", "third"])
            let target = try await Self.target(relay)
            var statuses: [Int] = []
            for token in ["first", "second", "third"] {
                let body = Self.message + "&Token=" + token
                statuses.append(
                    try await relay.call(
                        "POST", target,
                        fields: Self.form + [
                            ("X-Twilio-Signature", Self.signature(target, body, token: token))
                        ],
                        body: Array(body.utf8)
                    ).status)
            }
            #expect(statuses == [403, 204, 204])
            #expect(relay.counts["webhook.accepted.twilio.secondary"] == 1)
        }
    }

    @Test(
        "Genuine but for a message nobody knows, or with a nonce that is not ours: stored, answered, counted")
    func unknownMessage() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let target = try await Self.target(relay, nonce: [UInt8](repeating: 1, count: 32))
            for address in [target, "/w/hook-t"] {
                let answer = try await relay.call(
                    "POST", address,
                    fields: Self.form + [("X-Twilio-Signature", Self.signature(address, Self.message))],
                    body: Array(Self.message.utf8))
                #expect(answer.status == 204)
            }
            // The second says the same about as little.
            #expect(try await Self.evidence(relay) == ["callback - 0 delivered SM1"])
            #expect(relay.counts["webhook.unknown_message"] == 1 && relay.counts["webhook.repeated"] == 1)
            #expect(try await Self.counted(relay) == 0)
            #expect(try await relay.count("SELECT paused + recovering FROM tenant WHERE tenant = ?1") == 0)
            #expect(try await relay.call("POST", "/w/nobody/x", body: [0]).status == 404)
            #expect(try await relay.call("POST", "/w/nobody", body: [0]).status == 404)
        }
    }

    @Test(
        "A genuine callback about an attempt that is not held shows a database that was set back: all tenants stop (L5)",
        arguments: [true, false])
    func lostCommits(isNotificationHeld: Bool) async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let other = try #require(TenantID("other"))
            try await relay.store.makeTenant(other, name: "Other", now: relay.clock.now)
            let unheld = String(repeating: "cd", count: 16)
            let notification = isNotificationHeld ? Self.notification : unheld
            let before = try await relay.store.incarnation()
            let targets = [
                try await Self.target(relay, notification, n: 2),
                try await Self.target(relay, notification, n: 3),
            ]
            for target in targets {
                let answer = try await relay.call(
                    "POST", target,
                    fields: Self.form + [("X-Twilio-Signature", Self.signature(target, Self.message))],
                    body: Array(Self.message.utf8))
                #expect(answer.status == 204)
            }
            #expect(
                try await Self.evidence(relay) == [
                    "callback \(notification) 2 delivered SM1", "callback \(notification) 3 delivered SM1",
                ])
            #expect(try await Self.counted(relay) == (isNotificationHeld ? 2 : 0))
            // The second is of the life that ended: its loss is known.
            #expect(relay.counts["webhook.commits_lost"] == 1)
            #expect(try await relay.store.incarnation() != before)
            for scope in [relay.scope, relay.store.scope(other)] {
                let row = try await scope.read { statements in
                    try statements.first(
                        """
                        SELECT paused + recovering, (SELECT count(*) FROM event WHERE tenant = ?1
                            AND type = 'connector.commits_lost' AND told = 1) FROM tenant WHERE tenant = ?1
                        """)
                }
                #expect(try row?.integer(0) == 2)
                #expect(try row?.integer(1) == 1, "each tenant is told of it")
            }
            let told = try await relay.store.scope(other).read { statements in
                try statements.first(
                    "SELECT detail FROM audit_entry WHERE tenant = ?1 AND action = 'connector.commits_lost'")
            }
            #expect(try told?.text(0).contains(notification) == false)
        }
    }

    @Test("A callback about an attempt of an earlier life of the database is still believed (F15)")
    func earlierIncarnation() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let target = try await Self.target(relay)
            let before = try #require(try await relay.store.incarnation())
            let now = relay.clock.now
            try await relay.scope.write { statements in
                try statements.audit(
                    AuditEntry(
                        actor: "relay", action: "relay.incarnation_drawn", subject: "relay",
                        detail: ["before": Hexadecimal.encode(before)]), now: now)
                try statements.run(
                    "UPDATE tenant SET incarnation = zeroblob(16) WHERE tenant = ?1")
            }
            let answer = try await relay.call(
                "POST", target,
                fields: Self.form + [("X-Twilio-Signature", Self.signature(target, Self.message))],
                body: Array(Self.message.utf8))
            #expect(answer.status == 204)
            #expect(try await Self.counted(relay) == 1)
        }
    }

    @Test("A person's answer is stored and answered with silence, never with text")
    func inbound() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let body = "MessageSid=SM9&SmsStatus=received&Body=STOP&OptOutType=STOP"
            let answer = try await relay.call(
                "POST", "/w/hook-t",
                fields: Self.form + [("X-Twilio-Signature", Self.signature("/w/hook-t", body))],
                body: Array(body.utf8))
            #expect(answer.status == 200 && answer.header("content-type") == "text/xml")
            #expect(String(decoding: answer.body, as: UTF8.self).hasSuffix("<Response/>"))
            #expect(try await Self.evidence(relay) == ["inbound - 0 received SM9"])
        }
    }

    @Test(
        "A number that is set to bring messages by GET stops as well, and the same one again changes nothing")
    func inboundByGet() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let target =
                "/w/hook-t?MessageSid=SM9&SmsStatus=received&Body=STOP&From=%2B4915112345678&To=%2B1500"
            for _ in 0..<2 {
                let answer = try await relay.call(
                    "GET", target, fields: [("X-Twilio-Signature", Self.signature(target, ""))])
                #expect(answer.status == 200 && answer.header("content-type") == "text/xml")
            }
            #expect(try await Self.evidence(relay) == ["inbound - 0 received SM9"])
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM suppression WHERE tenant = ?1 AND reason = 'stop'")
                    == 1)
            #expect(relay.counts["webhook.unknown_message"] == 0)
        }
    }

    @Test("No token is set, or the database is down: 503, so that the provider comes again")
    func unavailable() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay, tokens: [])
            let target = try await Self.target(relay)
            let fields = Self.form + [("X-Twilio-Signature", Self.signature(target, Self.message))]
            let body = Array(Self.message.utf8)
            #expect(try await relay.call("POST", target, fields: fields, body: body).status == 503)
            try await TenantSecrets(keys: relay.keys).set(
                relay.scope, name: "t.auth_token", value: Secret("token"), by: "anna", now: relay.clock.now)
            let database = try await SQLiteDatabase.open(path: relay.folder.file("relay.db"))
            try await database.write { try $0.executeScript("ALTER TABLE callback RENAME TO gone") }
            #expect(try await relay.call("POST", target, fields: fields, body: body).status == 503)
            #expect(try await Self.counted(relay) == 0)
            try await database.write { try $0.executeScript("ALTER TABLE gone RENAME TO callback") }
            #expect(try await relay.call("POST", target, fields: fields, body: body).status == 204)
            #expect(relay.counts["webhook.refused.unavailable"] == 1)
        }
    }

    @Test("SendGrid's events are believed by their raw bytes alone (case C070)")
    func sendGrid() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Messaging/vectors.json")
        let fixture = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)).sendgrid_events
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            try await TenantSecrets(keys: relay.keys).set(
                relay.scope, name: "s.event_public_key", value: Secret(fixture.public_key), by: "anna",
                now: relay.clock.now)
            for vector in fixture.vectors {
                let body = try #require(Base64.decode(vector.body_base64))
                let answer = try await relay.call(
                    "POST", "/w/hook-s",
                    fields: [
                        ("Content-Type", "application/json"),
                        ("X-Twilio-Email-Event-Webhook-Signature", vector.signature),
                        ("X-Twilio-Email-Event-Webhook-Timestamp", vector.timestamp),
                    ], body: body)
                #expect(answer.status == (vector.expect.hasPrefix("accept") ? 204 : 403), "\(vector.id)")
            }
            let words = ["delivered", "open", "bounce", "delivered", "bounce", "delivered", "delivered"]
            let stored = try await Self.evidence(relay)
            #expect(stored.map { $0.split(separator: " ")[3] } == words.map { Substring($0) })
            #expect(relay.counts["webhook.accepted.sendgrid.primary"] == 3)
        }
    }

    private struct Vectors: Decodable {
        struct Events: Decodable {
            struct Batch: Decodable {
                let id: String
                let body_base64: String
                let signature: String
                let timestamp: String
                let expect: String
            }
            let public_key: String
            let vectors: [Batch]
        }
        let sendgrid_events: Events
    }

    @Test("What is larger than any provider's request is refused, counted, and not kept")
    func tooLarge() async throws {
        try await TestRelay.run { relay in
            try await Self.setUp(relay)
            let answer = try await relay.call(
                "POST", "/w/hook-t", fields: Self.form, body: [UInt8](repeating: 65, count: (2 << 20) + 1))
            #expect(answer.status == 413)
            #expect(relay.counts["webhook.refused.too-large"] == 1)
        }
    }

    @Test("Health is answered without a key")
    func health() async throws {
        try await TestRelay.run { relay in
            for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/", 404)] {
                let answer = try await relay.call("GET", path)
                #expect(answer.status == status, "\(path)")
            }
        }
    }
}
