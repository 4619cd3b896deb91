import Testing
import Values

@testable import RelayCore

@Suite("The rule file of README and demo")
struct DemoRulesTests {
    private static let recipient = RenderedRecipient(name: "Acme", locale: "en")

    @Test("It is taken without an error or a warning")
    func taken() throws {
        let set = try RuleFixtures.read(try RuleFixtures.file("demo-rules.yaml"))
        #expect(set.rules.count == 5)
        #expect(set.warnings.isEmpty)
    }

    @Test("An order becomes an SMS to its buyer, in the buyer's language")
    func sms() throws {
        let set = try RuleFixtures.read(try RuleFixtures.file("demo-rules.yaml"))
        let event = try RuleFixtures.event("sap.purchase_order.created", RuleFixtures.order)
        let results = set.decide(event, now: RuleFixtures.now)
        guard case .matched(let rule)? = results.first, results.count == 1 else {
            Issue.record("\(results)")
            return
        }
        #expect(rule.name == "order to buyer")
        #expect(rule.deadline == .seconds(4 * 3_600))
        #expect(rule.notify.first?.recipients == [.buyer])
        let english = try set.render(
            notify: rule.notify[0], rule: rule, event: event, recipient: Self.recipient)
        #expect(
            english.text
                == "Order 4500000001 for Müller & Söhne <O'Hara> is in SAP: 50000.50 EUR, delivery 2026-04-01."
        )
        let german = try set.render(
            notify: rule.notify[0], rule: rule, event: event,
            recipient: RenderedRecipient(name: "Acme", locale: "de-AT"))
        #expect(
            german.text
                == "Bestellung 4500000001 an Müller & Söhne <O'Hara> ist angelegt: 50000,50 EUR, Lieferung 01.04.2026."
        )
    }

    @Test("A released order becomes a mail to its vendor, with the items that are not deleted")
    func mail() throws {
        let set = try RuleFixtures.read(try RuleFixtures.file("demo-rules.yaml"))
        let event = try RuleFixtures.event("sap.purchase_order.effective", RuleFixtures.order)
        let rule = try #require(set.decide(event, now: RuleFixtures.now).first?.rule)
        let mail = try set.render(
            notify: rule.notify[0], rule: rule, event: event, recipient: Self.recipient)
        #expect(mail.subject == "Purchase order 4500000001")
        #expect(mail.text.contains("00010") == false && mail.text.contains("10  10 ST  Bolts"))
        #expect(!mail.text.contains("Nuts"))
        #expect(mail.text.contains("Net total: 50,000.50 EUR"))
        #expect(mail.text.contains("Your contact is Jane Doe, jane@example.com."))
        #expect(mail.html?.contains("<td>Bolts</td>") == true)
    }
}
