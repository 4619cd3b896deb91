import Testing

@testable import RelayCore

@Suite("What callbacks say")
struct CallbackPieceTests {
    @Test("Twilio's parameters become status, SID and code; new ones are kept, empty ones are none")
    func twilio() {
        let attempt = WebhookTarget.Attempt(notification: "n", n: 1, nonce: "x")
        let piece = CallbackPiece.twilio(
            form: Array(
                "SmsSid=SM1&MessageSid=SM1&MessageStatus=undelivered&SmsStatus=undelivered&ErrorCode=30003&New=1"
                    .utf8),
            attempt: attempt)
        #expect(piece.kind == .callback && piece.status == "undelivered" && piece.sid == "SM1")
        #expect(
            piece.errorCode == "30003" && piece.detail == ["New": "1"] && piece.detailText == #"{"New":"1"}"#)
        let empty = CallbackPiece.twilio(form: Array("MessageStatus=sent&ErrorCode=".utf8), attempt: attempt)
        #expect(empty.errorCode == nil && empty.sid == nil)
    }

    @Test("A message from a person is inbound, whatever it says")
    func inbound() {
        #expect(
            CallbackPiece.twilio(form: Array("SmsStatus=received&Body=STOP".utf8), attempt: nil).kind
                == .inbound)
        #expect(CallbackPiece.twilio(form: [], attempt: nil).kind == .inbound)
    }

    @Test(
        "A bounce without ids is kept for itself, with its address; the others of its batch are read (C065, C067)"
    )
    func sendGrid() throws {
        let body = """
            [{"event":"bounce","email":"a@example.com","sg_message_id":"","timestamp":1764000000,"type":"blocked"},
             {"event":"delivered","email":"b@example.com","sg_message_id":"m1","sg_event_id":"e1","category":["a","b"],
              "ml_notification":"n","ml_attempt":"2","ml_nonce":"x","timestamp":1764000001},
             {"event":"open","category":"a"}, 7]
            """
        let (pieces, unreadable) = try #require(CallbackPiece.sendGrid(Array(body.utf8)))
        #expect(unreadable == 1)
        #expect(pieces.map(\.status) == ["bounce", "delivered", "open"])
        #expect(pieces[0].sid == nil && pieces[0].attempt == nil)
        #expect(pieces[0].detail == ["email": "a@example.com", "type": "blocked"])
        #expect(pieces[1].attempt == WebhookTarget.Attempt(notification: "n", n: 2, nonce: "x"))
        #expect(pieces[1].providerEvent == "e1" && pieces[1].detail.isEmpty)
        #expect(pieces[1].occurred == Moment(milliseconds: 1_764_000_001_000))
        #expect(CallbackPiece.sendGrid(Array("{}".utf8)) == nil)
        let far = CallbackPiece.sendGrid(Array(#"[{"event":"x","timestamp":9223372036854775807}]"#.utf8))
        #expect(far?.pieces.count == 1 && far?.pieces.first?.occurred == nil)
    }

    @Test(
        "Only the whole word stops or starts, in any case and between any blanks (C152)",
        arguments: [
            ("STOP", InboundMessage.Wish.stop), (" stop ", .stop), ("Stop", .stop), ("STOP\r\n", .stop),
            ("\u{A0}stopall\t", .stop), ("optout", .stop), ("please stop sending", .nothing),
            ("STOP 12345", .nothing), ("ST OP", .nothing), ("", .nothing), ("yes", .start), ("START", .start),
            ("UN STOP", .nothing), ("STOP.", .nothing),
        ])
    func wish(text: String, wish: InboundMessage.Wish) {
        #expect(InboundMessage(fields: ["Body": text, "OptOutType": ""]).wish == wish)
    }

    @Test("OptOutType knows better than the text")
    func optOutType() {
        #expect(InboundMessage(fields: ["Body": "Halt", "OptOutType": "STOP"]).wish == .stop)
        #expect(InboundMessage(fields: ["Body": "stop", "OptOutType": "HELP"]).wish == .nothing)
    }

    @Test(
        "Only the two forms of an address are a webhook's",
        arguments: [
            ("/w/abc", true), ("/w/abc?x=1", true), ("/w/abc/n/1/nonce", true), ("/w/abc/n/1/nonce?y", true),
            ("/w", false), ("/w/", false), ("/w/abc/", false), ("/w/abc/n/0/nonce", false),
            ("/w/abc/n/x/nonce", false), ("/w/abc/n/1", false), ("/x/abc", false), ("w/abc", false),
            ("/w/abc/n/99999999999999999999/nonce", false),
        ])
    func targets(_ target: String, _ isOne: Bool) {
        #expect((WebhookTarget(target) != nil) == isOne)
    }
}
