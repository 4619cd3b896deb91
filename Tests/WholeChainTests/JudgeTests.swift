import Testing

@testable import WholeChain

@Suite("The judge of the whole chain")
struct JudgeTests {
    private static let fact = SAPLedger.Fact(
        document: "4500000001", transition: "created", version: "1", committedAt: 100)

    private static func content(
        _ amount: String = "1250.00", _ currency: String = "EUR", at committedAt: Double = 100,
        document: String = "4500000001", phone: String? = "+49", reference: String = "",
    ) -> SAPLedger.Content {
        SAPLedger.Content(
            document: document, amount: amount, currency: currency, reference: reference,
            vendor: "0000100006", vendorMail: nil, buyerPhone: phone, purchasingGroup: "001",
            committedAt: committedAt)
    }

    private static func event(_ number: Int64 = 1, transition: String = "created") -> Judge.Event {
        Judge.Event(
            event: number, subject: "4500000001", transition: transition, version: "1", kind: "fact")
    }

    private static func notification(
        _ id: String = "a", event: Int64 = 1, rule: String = "order-to-buyer", state: String = "delivered",
    ) -> Judge.Notification {
        Judge.Notification(
            notification: id, event: event, rule: rule, state: state, channel: "sms", address: "+49")
    }

    private static func accepted(
        _ notification: String = "a", to recipient: String = "+49",
        body: String = "Order 4500000001 for V: 1250 EUR, due.",
    ) -> TwilioLedger.Accepted {
        TwilioLedger.Accepted(
            notification: notification, channel: "sms", sid: "SM1", recipient: recipient, body: body,
            atMilliseconds: 101_500, status: "delivered")
    }

    /// What was found for the one fact, and what has to be said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let events: [Judge.Event]
        let notifications: [Judge.Notification]
        let accepted: [TwilioLedger.Accepted]
        let lost: Int
        let doubled: Int
        let invented: Int
        let openEnds: Int
        var testDescription: String { name }

        init(
            _ name: String, _ events: [Judge.Event], _ notifications: [Judge.Notification],
            _ accepted: [TwilioLedger.Accepted], lost: Int = 0, doubled: Int = 0, invented: Int = 0,
            openEnds: Int = 0,
        ) {
            self.name = name
            self.events = events
            self.notifications = notifications
            self.accepted = accepted
            self.lost = lost
            self.doubled = doubled
            self.invented = invented
            self.openEnds = openEnds
        }
    }

    static let cases = [
        Case("all is well", [event()], [notification()], [accepted()]),
        Case("never journaled", [], [], [], lost: 1),
        Case("journaled twice", [event(1), event(2)], [notification()], [accepted()], doubled: 1),
        Case("no notification", [event()], [], [], lost: 1),
        Case(
            "two notifications", [event()], [notification("a"), notification("b")],
            [accepted("a"), accepted("b")], doubled: 1),
        Case("never accepted", [event()], [notification(state: "failed")], [], lost: 1),
        Case("unconfirmed", [event()], [notification(state: "unconfirmed")], [], openEnds: 1),
        Case("accepted twice", [event()], [notification()], [accepted(), accepted()], doubled: 1),
        Case(
            "an event of nothing", [event(), event(2, transition: "effective")], [notification()],
            [accepted()], invented: 1),
        Case(
            "told once for each of two events of one fact", [event(1), event(2)],
            [notification(), notification("b", event: 2)], [accepted(), accepted("b")], doubled: 2),
        Case(
            "a notification of another rule", [event()],
            [notification(), notification("b", rule: "order-to-vendor")], [accepted(), accepted("b")],
            invented: 1),
        Case("sent to somebody else", [event()], [notification()], [accepted(to: "+44")], invented: 2),
        Case(
            "tells of another document", [event()], [notification()],
            [accepted(body: "Order 4500000002 for V: 1250 EUR, due.")], invented: 1),
        Case(
            "tells another amount", [event()], [notification()],
            [accepted(body: "Order 4500000001 for V: 125000 EUR, due.")], invented: 1),
        Case(
            "tells another currency", [event()], [notification()],
            [accepted(body: "Order 4500000001 for V: 1250 USD, due.")], invented: 1),
        Case(
            "a create of nobody's", [event()], [notification()], [accepted(), accepted("z")], invented: 1),
    ]

    @Test("finds what is lost, doubled or invented", arguments: cases)
    func judges(_ one: Case) {
        let verdict = Judge(
            facts: [Self.fact], contents: [Self.content()], events: one.events,
            notifications: one.notifications, accepted: one.accepted
        ).verdict()
        #expect(verdict.lost.count == one.lost, "\(verdict.lost)")
        #expect(verdict.doubled.count == one.doubled, "\(verdict.doubled)")
        #expect(verdict.invented.count == one.invented, "\(verdict.invented)")
        #expect(verdict.openEnds.count == one.openEnds, "\(verdict.openEnds)")
        #expect(verdict.isClean == (one.lost + one.doubled + one.invented == 0))
    }

    /// What SAP said of the order, what a message of it told, and what is wrong with that.
    static let tellings: [(contents: [SAPLedger.Content], body: String, to: String, problems: [String])] = [
        ([content("125000", "JPY")], "4500000001: 125000 JPY, due", "+49", []),
        ([content("125000", "JPY")], "4500000001: 1250.00 JPY, due", "+49", ["amount"]),
        ([content("12.500", "KWD")], "4500000001: 12.5 KWD.", "+49", []),
        ([content(), content("1275.00", at: 101)], "4500000001: 1275.00 EUR", "+49", []),
        ([content(), content("1275.00", at: 102)], "4500000001: 1275.00 EUR", "+49", ["amount"]),
        ([content("1225.00", at: 99), content()], "4500000001: 1225.00 EUR", "+49", ["amount"]),
        (
            [content(document: "4500000002")], "4500000001: 1250.00 EUR", "+49",
            ["concern", "another", "amount"]
        ),
        ([content(phone: nil)], "4500000001: 1250.00 EUR", "+4915735990001", []),
        ([content(phone: "+48")], "4500000001: 1250.00 EUR", "+49", ["concern"]),
        ([content(reference: "INV-1")], "4500000001 INV-2: 1250.00 EUR", "+49", ["another"]),
    ]

    @Test("believes no amount, recipient or reference that SAP itself did not have between fact and message")
    func tellings() {
        for (contents, body, recipient, problems) in Self.tellings {
            let notification = Judge.Notification(
                notification: "a", event: 1, rule: "order-to-buyer", state: "delivered", channel: "sms",
                address: recipient)
            let invented = Judge(
                facts: [Self.fact], contents: contents, events: [Self.event()], notifications: [notification],
                accepted: [Self.accepted(to: recipient, body: body)]
            ).verdict().invented
            #expect(invented.count == problems.count, "\(body): \(invented)")
            for (sentence, word) in zip(invented, problems) { #expect(sentence.contains(word)) }
        }
    }

    @Test("measures from SAP's commit to Twilio's acceptance")
    func latency() {
        let verdict = Judge(
            facts: [Self.fact], contents: [Self.content()], events: [Self.event()],
            notifications: [Self.notification()],
            accepted: [Self.accepted()]
        ).verdict()
        #expect(verdict.latency(0.5) == 1_500)
        #expect(verdict.latency(0.99) == 1_500)
        #expect(Verdict().latency(0.5) == nil)
    }

    @Test(
        "finds the notification in what a create carried",
        arguments: [
            ("/w/hook/0123abcd/2/nonce", "0123abcd"),
            (#"{"ml_notification":"0123abcd","ml_attempt":"1"}"#, "0123abcd"), ("", ""), ("/other", ""),
        ])
    func correlation(_ text: String, _ notification: String) {
        #expect(TwilioLedger.notification(text) == notification)
    }

    @Test("compares a document's number as events call it, and a change document by its digits")
    func names() {
        let invoice = SAPLedger.Fact(
            document: "00051056002026", transition: "posted", version: "1", committedAt: 0)
        #expect(invoice.number == "5105600")
    }
}
