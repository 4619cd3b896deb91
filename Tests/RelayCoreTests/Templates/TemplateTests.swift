import ConnectorProtocol
import Messaging
import Testing
import Values

@testable import RelayCore

@Suite("Templates")
struct TemplateTests {
    /// A set with one rule and one template for SMS and mail, from YAML in flow style.
    private static func set(_ template: String, type: String = "sap.purchase_order.created") throws -> RuleSet
    {
        try RuleFixtures.read(
            """
            rules:
              - name: one
                on: \(type)
                notify:
                  - {channel: sms, recipients: [buyer], template: t}
                  - {channel: email, recipients: [buyer], template: t}
            templates:
              t: \(template)
            """)
    }

    private static func render(
        _ template: String, _ values: [String: Any] = RuleFixtures.order, mail: Bool = false,
        recipient: RenderedRecipient = RenderedRecipient(name: "Jane"),
    ) throws -> RenderedMessage {
        let set = try set(template)
        let event = try RuleFixtures.event("sap.purchase_order.created", values)
        return try set.render(
            notify: set.rules[0].notify[mail ? 1 : 0], rule: set.rules[0], event: event, recipient: recipient)
    }

    private static func sms(_ text: String, _ values: [String: Any] = RuleFixtures.order) throws -> String {
        try render("{sms: \(quoted(text)), email: {subject: s, text: t}}", values).text
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    @Test("Names with quotes and ampersands are escaped in HTML and nowhere else (case C110)")
    func escaping() throws {
        let template =
            "{sms: '{{vendor_name}}', email: {subject: 'S {{vendor_name}}', text: '{{vendor_name}}', html: '<p>{{vendor_name}}</p>'}}"
        #expect(try Self.render(template).text == "Müller & Söhne <O'Hara>")
        let mail = try Self.render(template, mail: true)
        #expect(mail.subject == "S Müller & Söhne <O'Hara>")
        #expect(mail.text == "Müller & Söhne <O'Hara>")
        #expect(mail.html == "<p>Müller &amp; Söhne &lt;O&#39;Hara&gt;</p>")
    }

    @Test("An SMS is cut to its rule's parts, and to what the provider takes; a mail is not (case C094)")
    func segments() throws {
        let long = String(repeating: "x", count: 2_000)
        let template = "{sms: '\(long)', email: {subject: s, text: '\(long)'}}"
        #expect(try Self.render(template).text.count == 1_600)
        #expect(try Self.render(template, mail: true).text.count == 2_000)
        // Too long by its last character alone, which costs two septets.
        let euro = String(repeating: "a", count: 159) + "€"
        let set = try RuleFixtures.read(
            """
            rules:
              - name: one
                on: sap.purchase_order.created
                notify:
                  - {channel: sms, recipients: [buyer], template: t, max_segments: 1}
            templates:
              t: {sms: '\(euro)'}
            """)
        let text = try set.render(
            notify: set.rules[0].notify[0], rule: set.rules[0],
            event: try RuleFixtures.event("sap.purchase_order.created", RuleFixtures.order),
            recipient: RenderedRecipient(name: "Jane")
        ).text
        #expect(text == String(repeating: "a", count: 157) + "...")
    }

    @Test("A subject of SAP text stays one line (case C072)")
    func subject() throws {
        let values: [String: Any] = ["number": "1", "vendor_name": "A\r\nBcc: x@example.com\u{2028}B\tC"]
        let mail = try Self.render(
            "{sms: x, email: {subject: 'Order {{vendor_name}}', text: x}}", values, mail: true)
        #expect(mail.subject == "Order A Bcc: x@example.com B C")
    }

    @Test(
        "Blank content of a section is kept (case C112)",
        arguments: [
            ("{{#urgent}}   {{/urgent}}]X", "   ]X"), ("X[{{#urgent}}   {{/urgent}}]", "X[   ]"),
        ])
    func blanks(_ template: String, _ expected: String) throws {
        let text = template.replacing("urgent", with: "currency")
        #expect(try Self.sms(text) == expected)
    }

    @Test(
        "Figures stand as SAP holds them, in the writing of the language (case C011)",
        arguments: [
            ("1", "HUF", "en", "1 HUF"), ("10000", "JPY", "en", "10000 JPY"),
            ("1.00", "EUR", "en", "1.00 EUR"),
            ("1.00", "EUR", "de", "1,00 EUR"), ("-1234567.50", "EUR", "de", "-1234567,50 EUR"),
            ("1234.50", "CHF", "de-CH", "1234.50 CHF"),
        ])
    func amounts(_ amount: String, _ currency: String, _ locale: String, _ expected: String) throws {
        let message = try Self.render(
            "{sms: '{{total_net}} {{currency}}', email: {subject: s, text: t}}",
            ["total_net": amount, "currency": currency],
            recipient: RenderedRecipient(name: "", locale: locale))
        #expect(message.text == expected)
    }

    @Test(
        "Values, sections and functions",
        arguments: [
            ("{{vendor}} {{e.vendor}}", "1000 1000"),
            (
                "{{#items}}{{number}}:{{quantity}}{{unit}}{{^last()}}, {{/last()}}{{/items}}",
                "10:10ST, 20:2.5KG"
            ),
            (
                "{{#items}}[{{material}}|{{vendor_name}}]{{/items}}",
                "[|Müller & Söhne <O'Hara>][|Müller & Söhne <O'Hara>]"
            ),
            ("{{grouped(total_net)}} {{plain(total_net)}}", "50,000.50 50000.50"),
            ("{{count(items)}} {{uppercased(buyer.name)}}", "2 JANE DOE"),
            ("{{#buyer}}{{name}}{{/buyer}}{{^buyer}}nobody{{/buyer}}", "Jane Doe"),
            ("{{#payment_terms}}x{{/payment_terms}}{{^payment_terms}}none{{/payment_terms}}", "none"),
            ("{{#items}}{{#deleted}}-{{/deleted}}{{^deleted}}+{{/deleted}}{{/items}}", "+-"),
            (
                "{{document_date}} {{iso(document_date)}} {{event.time}}",
                "2026-03-05 2026-03-05 2026-03-05 09:15 UTC"
            ),
            ("{{event.subject}} {{rule.name}} {{recipient.name}}", "4500000001 one Jane"),
            ("a{{! nothing }}b", "ab"),
            ("{{#e.items}}{{text}};{{/e.items}}{{e.buyer.name}}", "Bolts;Nuts;Jane Doe"),
            ("{{#first(items)}}{{text}}{{/first(items)}}", "Bolts"),
            ("{{{vendor_name}}}", "Müller & Söhne <O'Hara>"),
        ])
    func values(_ template: String, _ expected: String) throws { #expect(try Self.sms(template) == expected) }

    @Test("An item without a field does not show the order's field of that name")
    func noFallThrough() throws {
        let values: [String: Any] = ["number": "4500000001", "items": [["text": "Bolts"]]]
        #expect(
            try Self.sms("{{number}}{{#items}}[{{number}}]{{#buyer.name}}!{{/buyer.name}}{{/items}}", values)
                == "4500000001[]")
    }

    @Test("A text of blanks alone is not sent, nor a mail without a subject")
    func empty() throws {
        #expect(throws: TemplateError.empty(template: "t")) { try Self.sms("{{payment_terms}} ") }
        #expect(throws: TemplateError.empty(template: "t")) {
            try Self.render(
                "{sms: x, email: {subject: '{{payment_terms}} ', text: '{{number}}'}}", mail: true)
        }
    }

    @Test("Control characters of SAP's texts become blanks in every form; line ends and tabs stay")
    func controls() throws {
        let values: [String: Any] = ["number": "1", "vendor_name": "A\u{0}B\u{1B}[2J\u{85}C\r\nD\tE"]
        let template =
            "{sms: '{{vendor_name}}', email: {subject: 'S{{vendor_name}}', text: '{{vendor_name}}', html: '<p>{{vendor_name}}</p>'}}"
        #expect(try Self.render(template, values).text == "A B [2J C \nD\tE")
        let mail = try Self.render(template, values, mail: true)
        #expect(mail.subject == "SA B [2J C D E")
        #expect(mail.text == "A B [2J C \nD\tE")
        #expect(mail.html == "<p>A B [2J C \nD\tE</p>")
    }

    @Test(
        "A text message is cut to what the provider takes, and says where it was cut",
        arguments: [
            ("a", 1_600, 1_600), ("a", 1_601, 1_600), ("ж", 1_600, 1_600), ("ж", 5_000, 1_600),
            ("😘", 800, 800), ("😘", 801, 801),
        ])
    func longText(_ character: String, _ count: Int, _ expected: Int) throws {
        let written = String(repeating: character, count: count)
        let text = try Self.sms(written)
        #expect(text.count == expected && text.utf16.count <= MessageSegments.textLimit)
        #expect(text.hasSuffix("...") == (written.utf16.count > MessageSegments.textLimit))
        let mail = try Self.render("{sms: x, email: {subject: s, text: '\(written)'}}", mail: true)
        #expect(mail.text == written)
    }

    @Test(
        "The language is the recipient's, then the rule's, then the tenant's, then the first",
        arguments: [
            ("de-AT", "fr", "de"), ("fr", "de", "de"), ("pt", "ru", "en"), ("EN", "de", "en"),
            ("pt-br", "de", "pt-BR"),
        ])
    func locales(_ own: String, _ tenant: String, _ expected: String) throws {
        let message = try Self.render(
            "{sms: {en: en, de: de, pt-BR: pt-BR}, email: {subject: s, text: t}}",
            recipient: RenderedRecipient(name: "", locale: own, tenantLocale: tenant))
        #expect(message.text == (own == "pt" ? "pt-BR" : expected))
    }

    @Test(
        "A broken template is refused with its place (case C113)",
        arguments: [
            ("{{#buyer}}{{^items}}{{/c}}", "{{/c}} does not close {{^items}} of line 1"),
            ("{{e.vendr}}", "\"e\" has no field \"vendr\"; did you mean \"vendor\"?"),
            ("{{vendr}}", "sap.purchase_order.created has no field \"vendr\"; did you mean \"vendor\"?"),
            ("{{vendor", "a tag is not closed; add }} on the same line"),
            ("{{/buyer}}", "{{/buyer}} closes nothing"),
            ("{{}}", "the tag names nothing"), ("{{ven dor}}", "\"ven dor\" is not the name of a field"),
            ("{{> x}}", "{{> is not available in rule files"),
            ("{{=<% %>=}}", "{{= is not available in rule files"),
            ("{{items}}", "\"items\" is a list"),
            ("{{buyer}}", "\"buyer\" is a record; name a field of it, such as {{buyer.user}}"),
            ("{{shout(vendor)}}", "there is no function shout(); known are uppercased"),
            ("{{grouped(vendor)}}", "grouped() is not for what \"vendor\" holds"),
            ("{{#items}}{{buyr.name}}{{/items}}", "did you mean \"buyer\"?"),
            (
                "{{#items}}{{#items}}{{text}}{{/items}}{{/items}}",
                "{{#items}} goes over a list again inside of itself"
            ),
            (
                "{{#e.items}}{{#buyer}}{{#reversed(items)}}x{{/reversed(items)}}{{/buyer}}{{/e.items}}",
                "goes over a list again"
            ),
            ("{{#items}}{{#e}}{{#items}}x{{/items}}{{/e}}{{/items}}", "goes over a list again"),
        ])
    func refused(_ template: String, _ expected: String) {
        let error = #expect(throws: RuleSetRefused.self) { try Self.sms(template) }
        #expect(error?.sentence.contains(expected) == true, "\(error?.sentence ?? "")")
    }

    @Test(
        "Nesting without end is refused, not a full stack",
        arguments: [
            (String(repeating: "{{#buyer}}", count: 100_000), "sections are nested more than 20 deep"),
            (
                String(repeating: "{{^urgent}}", count: 50_000)
                    + String(repeating: "{{/urgent}}", count: 50_000),
                "sections are nested more than 20 deep"
            ),
            (
                "{{" + String(repeating: "uppercased(", count: 100_000) + "plant"
                    + String(repeating: ")", count: 100_000) + "}}", "is not the name of a field"
            ),
        ])
    func nesting(_ template: String, _ expected: String) {
        let error = #expect(throws: RuleSetRefused.self) { try Self.sms(template) }
        #expect(error?.diagnostics.contains { $0.sentence.hasSuffix(expected) } == true)
    }

    @Test(
        "An item may ask how many there are, and a long document is still soon done", .timeLimit(.minutes(1)))
    func countWithin() throws {
        let items: [[String: Any]] = (0..<9_000).map { ["number": "\($0)"] }
        let mail = try Self.render(
            "{sms: x, email: {subject: s, text: '{{#items}}{{count(items)}}{{count(items)}}{{count(items)}} {{/items}}'}}",
            ["number": "1", "items": items], mail: true)
        #expect(mail.text.utf8.count == 13 * 9_000)
    }

    @Test("Two lists beside each other, and a list of a list's items, are fine")
    func lists() throws {
        #expect(
            try Self.sms("{{#items}}{{number}},{{/items}}{{#items}}{{text}};{{/items}}")
                == "10,20,Bolts;Nuts;")
        #expect(
            try Self.sms("{{#items}}{{#buyer.phones}}{{number}}{{/buyer.phones}}{{number}} {{/items}}")
                == "10 20 ")
    }
}
