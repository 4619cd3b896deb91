import ConnectorProtocol
import Foundation
import Testing
import Values

@testable import RelayCore

@Suite("Reading a rule file")
struct RuleSetTests {
    private static func refusal(_ text: String, _ catalogue: SchemaCatalogue = .builtIn) -> [String] {
        switch RuleSet.read(text, file: "r.yaml", catalogue: catalogue) {
        case .success(let set): set.warnings.map(\.description)
        case .failure(let refused): refused.diagnostics.map(\.description)
        }
    }

    @Test("Everything that is wrong is said at once, with line, column and what was meant")
    func wrong() throws {
        let found = Self.refusal(try RuleFixtures.file("wrong-rules.yaml"))
        let expected = try RuleFixtures.file("wrong-rules.txt").split(separator: "\n").map(String.init)
        for line in found where !expected.contains(line) { Issue.record("not expected: \(line)") }
        for line in expected where !found.contains(line) { Issue.record("missing: \(line)") }
        #expect(found == expected)
    }

    @Test(
        "What is no rule file is refused with its place",
        arguments: [
            ("", "1:1: error: the file is empty"), ("rules: 5", "1:8: error: rules: a list is expected"),
            ("- a", "1:1: error: a mapping is expected"), ("rules:\n  - name: [", "error:"),
            ("templates: {}", "1:1: error: the key \"rules\" is missing"),
            ("rules:\n  - x", "2:5: error:"), ("rules:\n  - name: a\n    name: b", "3:5: error:"),
        ])
    func noRules(_ text: String, _ expected: String) {
        let found = Self.refusal(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test(
        "R2: at-least-once is refused where no second send fits before the deadline",
        arguments: [
            ("sms", "1485s", true), ("sms", "1486s", false), ("email", "690s", true),
            ("email", "691s", false),
            ("sms", "60s", true),
        ])
    func secondSend(channel: String, deadline: String, isRefused: Bool) {
        for policy in ["at-least-once", "at-most-once"] {
            let found = Self.refusal(
                """
                rules:
                  - name: one
                    on: sap.purchase_order.created
                    deadline: \(deadline)
                    delivery: \(policy)
                    notify: [{channel: \(channel), recipients: [buyer], template: t}]
                templates:
                  t: {sms: x, email: {subject: s, text: x}}
                """)
            let errors = found.filter { $0.contains("error:") }
            #expect(errors.count == (isRefused && policy == "at-least-once" ? 1 : 0), "\(found)")
            #expect(errors.allSatisfy { $0.hasPrefix("r.yaml:4:15:") })
        }
    }

    @Test("The greatest number of parts is an SMS's, and from 1 to 10")
    func segments() {
        for (notify, word) in [
            ("{channel: sms, recipients: [buyer], template: t, max_segments: 0}", "1 to 10"),
            ("{channel: email, recipients: [buyer], template: t, max_segments: 2}", "only SMS"),
        ] {
            let found = Self.refusal(
                """
                rules:
                  - {name: one, on: sap.purchase_order.created, notify: [\(notify)]}
                templates:
                  t: {sms: x, email: {subject: s, text: x}}
                """)
            #expect(found.count == 1 && found[0].contains(word), "\(found)")
        }
    }

    private static func rules(when: String, dedup: String = "") -> String {
        """
        rules:
          - name: one
            on: sap.purchase_order.created
            when: \(when)\(dedup)
            notify:
              - {channel: sms, recipients: [buyer], template: t}
        templates: {t: {sms: "{{number}}"}}
        """
    }

    @Test(
        "Places inside a condition are those of the file, however YAML writes it",
        arguments: [
            ("e.currency == 'EUR' && e.x", 4, 35), ("\"e.currency == 'EUR' && e.x\"", 4, 36),
            ("'e.currency == ''EUR'' && e.x'", 4, 38), ("\"e.currency == \\\"EUR\\\" && e.x\"", 4, 38),
            ("|\n      e.currency == 'EUR'\n      && e.x", 6, 11),
            (">-\n      e.currency == 'EUR'\n\n        && e.x", 7, 13),
            ("e.currency\n      == 'EUR' && e.x", 5, 20),
        ])
    func places(_ when: String, _ line: Int, _ column: Int) {
        let found = Self.refusal(Self.rules(when: when))
        #expect(
            found.first?.hasPrefix("r.yaml:\(line):\(column): error: \"e\" has no field") == true, "\(found)")
    }

    @Test("A rule that fails fails alone, and says why and where")
    func failure() throws {
        let text = """
            rules:
              - name: divides
                on: sap.purchase_order.created
                when: |
                  e.currency == 'EUR' &&
                    1 / (size(e.items) - 2) == 1
                notify: [{channel: sms, recipients: [buyer], template: t}]
              - name: absent
                on: sap.purchase_order.created
                when: e.payment_terms == 'Z030'
                notify: [{channel: sms, recipients: [buyer], template: t}]
              - name: fine
                on: sap.purchase_order.created
                when: e.total_net == 50000.5 && event.type == 'sap.purchase_order.created'
                notify: [{channel: sms, recipients: [buyer], template: t}]
              - name: not
                on: sap.purchase_order.created
                when: e.vendor == '1001'
                notify: [{channel: sms, recipients: [buyer], template: t}]
              - name: other type
                on: sap.vendor
                notify: [{channel: sms, recipients: [{party: vendor, key: number}], template: t}]
            templates: {t: {sms: "{{number}}"}}
            """
        let set = try RuleFixtures.read(text)
        let event = try RuleFixtures.event("sap.purchase_order.created", RuleFixtures.order)
        let results = set.decide(event, now: RuleFixtures.now)
        #expect(results.map(\.rule.name) == ["divides", "absent", "fine", "not"])
        guard case .failed(_, "division_by_zero", "Division by zero.", 6, 11) = results[0],
            case .failed(_, "absent_field", _, 10, 12) = results[1], case .matched = results[2],
            case .notMatched = results[3]
        else {
            Issue.record("\(results.map { "\($0)".suffix(120) })")
            return
        }
    }

    @Test("A record that cannot be read fails each rule that looks into it, and no other")
    func unreadable() throws {
        let text = """
            rules:
              - name: looks
                on: sap.purchase_order.created
                when: e.currency == 'EUR'
                notify: [{channel: sms, recipients: [buyer], template: t}]
              - name: always
                on: sap.purchase_order.created
                notify: [{channel: sms, recipients: [buyer], template: t}]
            templates: {t: {sms: "x"}}
            """
        let whole = try RuleFixtures.event("sap.purchase_order.created", RuleFixtures.order)
        let cut = RuleEvent(
            id: whole.id, type: whole.type, source: whole.source, subject: whole.subject,
            origin: whole.origin,
            time: whole.time, detectedAt: whole.detectedAt, schema: whole.schema,
            data: Array(whole.data.dropLast(3)))
        let results = try RuleFixtures.read(text).decide(cut, now: RuleFixtures.now)
        guard case .failed(_, "record_unreadable", _, 4, _) = results[0], case .matched = results[1] else {
            Issue.record("\(results.map { "\($0)".suffix(160) })")
            return
        }
    }

    @Test("Fields of a customer's own schema are known by name, whatever their number")
    func ownSchema() throws {
        func schema(_ number: UInt32) throws -> EventSchema {
            try EventSchema(
                type: "sap.z_order.created",
                fields: [FieldSchema("zz_region", number, .text), FieldSchema("number", 1, .key)])
        }
        let catalogue = SchemaCatalogue(BuiltInSchemas.all + [try schema(50), try schema(51)])
        let set = try RuleFixtures.read(
            """
            rules:
              - name: region
                on: sap.z_order.created
                when: e.zz_region == 'EMEA' && e.number == '7'
                notify: [{channel: sms, recipients: [{mapping: plant, field: zz_region}], template: t}]
            templates: {t: {sms: "{{zz_region}} {{number}}"}}
            """, catalogue)
        for number: UInt32 in [50, 51] {
            let event = try RuleFixtures.event(
                try schema(number), ["zz_region": "EMEA", "number": "0000007"])
            guard case .matched(let rule)? = set.decide(event, now: RuleFixtures.now).first else {
                Issue.record("\(number)")
                continue
            }
            let message = try set.render(
                notify: rule.notify[0], rule: rule, event: event, recipient: RenderedRecipient(name: ""))
            #expect(message.text == "EMEA 7")
            #expect(rule.notify[0].recipients == [.mapping(kind: "plant", field: "zz_region")])
        }
    }

    @Test("Values along a path are each given once, keys without leading zeros")
    func paths() throws {
        let event = try RuleFixtures.event("sap.purchase_order.created", RuleFixtures.order)
        #expect(try event.texts(at: "vendor") == ["1000"])
        #expect(try event.texts(at: "buyer.user") == ["JDOE"])
        #expect(try event.texts(at: "items.cost_center") == ["4711"])
        #expect(try event.texts(at: "items.unit") == ["ST", "KG"])
        #expect(try event.texts(at: "payment_terms").isEmpty)
        let set = try RuleFixtures.read(Self.rules(when: "true", dedup: "\n    dedup: [number, buyer.user]"))
        #expect(set.rules[0].dedup == DedupKey(fields: ["number", "buyer.user"]))
    }

    @Test("A set decides for several tasks at once, each about its own event")
    func concurrent() async throws {
        let set = try RuleFixtures.read(
            Self.rules(when: "e.items.exists(i, i.text == 'Bolts') && e.total_net > 100.5"))
        let events = try (0..<4).map { index in
            var order = RuleFixtures.order
            order["total_net"] = index % 2 == 0 ? "100.50" : "100.51"
            return try RuleFixtures.event("sap.purchase_order.created", order)
        }
        let wrong = await withTaskGroup(of: Int.self) { group in
            for (index, event) in events.enumerated() {
                group.addTask {
                    (0..<500).count { _ in
                        guard case .matched? = set.decide(event, now: RuleFixtures.now).first else {
                            return index % 2 == 1
                        }
                        return index % 2 == 0
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    @Test("A file of a thousand rules is read, and its last rule is as good as its first")
    func large() throws {
        var text = "rules:\n"
        for number in 0..<1_000 {
            text += """
                  - name: rule \(number)
                    on: sap.purchase_order.created
                    when: e.total_net > \(number).5 && e.currency in ['EUR', 'USD']
                    notify: [{channel: sms, recipients: [buyer], template: t}]

                """
        }
        text += "templates: {t: {sms: '{{number}}'}}\n"
        let set = try RuleFixtures.read(text)
        var order = RuleFixtures.order
        order["total_net"] = "998.6"
        let results = set.decide(
            try RuleFixtures.event("sap.purchase_order.created", order), now: RuleFixtures.now)
        #expect(results.count { if case .matched = $0 { true } else { false } } == 999)
    }

    @Test("The values of a list that has no bound are found once each, and soon", .timeLimit(.minutes(1)))
    func manyValues() throws {
        let schema = try EventSchema(
            type: "zz.list", fields: [FieldSchema("names", 1, .key, isList: true)])
        let names = (0..<150_000).map { String($0) } + ["0000000007", "8"]
        let event = try RuleFixtures.event(schema, ["names": names])
        #expect(try event.texts(at: "names") == Array(names.dropLast(2)))
    }
}
