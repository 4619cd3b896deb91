import ConnectorProtocol
import Cryptography
import Foundation
import SQLStore
import Testing
import Values

@testable import RelayCore

@Suite("Whom a rule means")
struct RecipientTests {
    private static func csv(_ fixture: ProcessFixture, _ text: String, file: String = "map.csv") async throws
    {
        _ = try await DirectoryImport(scope: fixture.scope)
            .run(Array(text.utf8), file: file, by: "anna", now: fixture.now)
    }

    private static func addresses(_ fixture: ProcessFixture) async throws -> [String] {
        try await fixture.texts(
            "SELECT coalesce(address, '-') FROM notification WHERE tenant = ?1 ORDER BY address")
    }

    @Test("A buyer without a mobile number is whom the directory maps the purchasing group to")
    func purchasingGroup() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await Self.csv(
            fixture,
            """
            purchasing_group,phone,target,name,language
            001,+49 170 1111111,,Desk,en
            001,,person:anna,,
            """)
        try await Self.csv(fixture, "person;phone;name\nanna;+49 171 2222222;Anna\n", file: "people.csv")
        try await fixture.receive([Sample.user(mobile: nil), Sample.order()])
        try await fixture.settle()
        #expect(try await Self.addresses(fixture) == ["+491701111111", "+491712222222"])
        #expect(
            try await fixture.texts("SELECT locale FROM notification WHERE tenant = ?1 ORDER BY address")
                == ["en", "en"])
    }

    @Test("Groups that name each other reach everybody in them once, and soon", .timeLimit(.minutes(1)))
    func groups() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        let count = 60
        var text = "kind,key,target,email,phone\npurchasing_group,001,group:g0,,\n"
        for group in 0..<count {
            text += "group,g\(group),,,+4917012345\(group + 10)\n"
            for other in 0..<count where other != group { text += "group,g\(group),group:g\(other),,\n" }
        }
        try await Self.csv(fixture, text)
        try await fixture.receive([Sample.order()])
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == Int64(count))
    }

    @Test(
        "A buyer whose number changes between two orders of one batch is told at the old one, then the new one"
    )
    func changedWithin() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([
            Sample.user(), Sample.order(), Sample.order("4500000002"),
            Sample.user(mobile: "0171 7654321", state: "s2", at: 60), Sample.order("4500000003"),
        ])
        try await fixture.settle()
        #expect(
            try await fixture.texts(
                "SELECT address FROM notification JOIN event USING (tenant, event) WHERE tenant = ?1 ORDER BY event"
            )
                == ["+491701234567", "+491701234567", "+491717654321"])
    }

    @Test("The document's own address wins over the directory's")
    func ownAddress() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        let phone = try Sample.part(
            .purchaseOrderCreated, "buyer", ["user": .text("MEIER"), "name": .text("A. Meier")])
        guard case .record(var buyer) = phone,
            let fields = BuiltInSchemas.schema(of: .purchaseOrderCreated).field("buyer")?.fields,
            let phones = fields.first(where: { $0.name == "phones" })
        else {
            Issue.record("The schema of an order has no buyer with phones.")
            return
        }
        buyer[phones.number] = .list([
            .record(
                try Sample.record(
                    phones.fields,
                    ["number": .text("0151 15115115"), "country": .text("DE"), "kind": .text("mobile")]))
        ])
        try await fixture.receive([
            Sample.user(), Sample.order(with: ["buyer": .record(buyer)]), Sample.vendor(),
            Sample.order(type: .purchaseOrderEffective, with: ["vendor_email": .text("po@vendor.example")]),
        ])
        try await fixture.settle()
        #expect(try await Self.addresses(fixture) == ["+4915115115115", "po@vendor.example"])
    }

    @Test("Nobody found: the message waits, and leaves when the directory says who it is for")
    func lateDirectory() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.order(), Sample.order("4500000002")])
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "state = 'awaiting_recipient'") == 2)
        let reasons = try await fixture.texts(
            "SELECT DISTINCT error_text FROM notification WHERE tenant = ?1")
        #expect(
            reasons == [
                "The directory has no number for text messages for user:MEIER nor purchasing_group:1."
            ])
        try await fixture.advance(.seconds(60))
        // Nobody else's number changes that.
        try await Self.csv(fixture, "purchasing_group,phone\n002,+49 170 1111111\n")
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "state = 'awaiting_recipient'") == 2)
        try await Self.csv(
            fixture, "purchasing_group,phone,name\n1,+49 170 1111111,Desk\n1,+49 170 3333333,Deputy\n")
        try await fixture.settle(fixture.restarted())
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == 4)
        #expect(
            try await fixture.count(
                "notification",
                where: "body LIKE 'Order 45%' AND error_text IS NULL AND recipient_name <> ''") == 4)
        // The deadline still counts from the fact.
        let deadlines = try await fixture.rows(
            "SELECT DISTINCT deadline_at FROM notification WHERE tenant = ?1")
        #expect(
            try deadlines.map { try $0.moment("deadline_at") } == [ProcessFixture.start + .seconds(86_400)])
    }

    @Test("Two roles that turn out to be one number get one message, however late that is known (C156)")
    func sameAddressLate() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(
            Sample.rules.replacingOccurrences(
                of: "recipients: [buyer]", with: "recipients: [buyer, vendor]"))
        try await fixture.receive([Sample.order()])
        try await fixture.settle()
        let waiting = try await fixture.count("notification", where: "state = 'awaiting_recipient'")
        try #require(waiting == 2)
        try await fixture.advance(.seconds(60))
        try await Self.csv(fixture, "purchasing_group,phone\n1,+49 170 1111111\n")
        try await fixture.settle()
        try await Self.csv(fixture, "vendor,phone\n4711,+49 170 1111111\n", file: "vendors.csv")
        try await fixture.settle()
        #expect(
            try await fixture.texts("SELECT state FROM notification WHERE tenant = ?1 ORDER BY state")
                == ["cancelled", "scheduled"])
    }

    @Test("A mailbox written in capital letters is the same mailbox, at once and later (C156)")
    func sameMailbox() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(
            Sample.rules.replacingOccurrences(
                of: "channel: sms\n        recipients: [buyer]",
                with: "channel: email\n        recipients: [buyer, vendor]"))
        try await Self.csv(fixture, "vendor,email\n4711,Anna.Meier@Example.com\n")
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        #expect(try await Self.addresses(fixture) == ["anna.meier@example.com"])
        try await fixture.receive([
            Sample.order("4500000002", with: ["vendor": .text("4712")])
        ])
        try await fixture.settle()
        try await Self.csv(fixture, "vendor,email\n4712,ANNA.MEIER@EXAMPLE.COM\n", file: "more.csv")
        try await fixture.settle()
        #expect(
            try await fixture.texts(
                "SELECT state FROM notification WHERE tenant = ?1 AND party_key = '4712'") == ["cancelled"])
    }

    @Test("What waits for a recipient and is a suspected duplicate is held when he is found")
    func heldWhileWaiting() async throws {
        let fixture = try await ProcessFixture(policy: "suppress")
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.invoice("1"), Sample.invoice("2")])
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "state = 'awaiting_recipient'") == 2)
        try await Self.csv(fixture, "vendor,email\n4711,own@example.com\n")
        try await fixture.settle()
        #expect(
            try await fixture.texts("SELECT state FROM notification WHERE tenant = ?1 ORDER BY event")
                == ["scheduled", "held"])
    }

    @Test("A one-time vendor is never found by its number")
    func oneTime() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([
            Sample.vendor(oneTime: true), Sample.order(type: .purchaseOrderEffective),
            Sample.invoice("51", with: ["one_time_vendor": .boolean(true)]),
        ])
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "state = 'awaiting_recipient'") == 2)
        try await Self.csv(fixture, "vendor,email\n4711,own@example.com\n")
        try await fixture.settle()
        // The tenant's own mapping is for the order, whose vendor it names; the invoice says one-time itself.
        #expect(try await Self.addresses(fixture) == ["-", "own@example.com"])
    }

    @Test("Without a sender a message waits for one, and says so")
    func noSender() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        _ = try await fixture.scope.write {
            try $0.run("UPDATE provider_account SET state = 'retired' WHERE tenant = ?1")
        }
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        #expect(
            try await fixture.texts("SELECT error_code FROM notification WHERE tenant = ?1") == ["no_sender"])
        _ = try await fixture.scope.write {
            try $0.run("UPDATE provider_account SET state = 'ready' WHERE tenant = ?1")
        }
        try await fixture.settle(fixture.restarted())
        #expect(try await fixture.texts("SELECT state FROM notification WHERE tenant = ?1") == ["scheduled"])
    }

    @Test("Without a sender everybody waits whom the party stands for, and gets a message of their own later")
    func noSenderForSeveral() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await Self.csv(
            fixture,
            """
            purchasing_group,phone,target
            001,+49 170 1111111,
            001,,person:anna
            """)
        try await Self.csv(fixture, "person;phone\nanna;+49 171 2222222\n", file: "people.csv")
        _ = try await fixture.scope.write {
            try $0.run("UPDATE provider_account SET state = 'retired' WHERE tenant = ?1")
        }
        try await fixture.receive([Sample.user(mobile: nil), Sample.order(), Sample.order("4500000002")])
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "error_code = 'no_sender'") == 4)
        _ = try await fixture.scope.write {
            try $0.run("UPDATE provider_account SET state = 'ready' WHERE tenant = ?1")
        }
        try await fixture.settle(fixture.restarted())
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == 4)
        #expect(
            try await Self.addresses(fixture) == [
                "+491701111111", "+491701111111", "+491712222222", "+491712222222",
            ])
    }

    @Test("Two parties with one address get one message of one event")
    func sameAddress() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(
            Sample.rules.replacingOccurrences(
                of: "recipients: [buyer]",
                with: "recipients: [buyer, {mapping: company_code, field: company_code}]"))
        try await Self.csv(fixture, "company_code,phone\n1000,+49 170 1234567\n")
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        #expect(try await Self.addresses(fixture) == ["+491701234567"])
        #expect(try await fixture.count("decision", where: "results LIKE '%same_address%'") == 1)
    }
}
