import ConnectorProtocol
import Testing
import Values

@testable import RelayCore

@Suite("A master becomes a party with addresses")
struct MasterPartyTests {
    private static func phone(
        _ type: BuiltInEventType, _ number: String, country: String? = nil, kind: String,
    ) throws -> RecordValue {
        var values: [String: RecordValue] = ["number": .text(number), "kind": .text(kind)]
        if let country { values["country"] = .text(country) }
        return try Sample.part(type, "phones", values)
    }

    private static func party(
        _ type: BuiltInEventType, _ values: [String: RecordValue],
    ) throws -> MasterParty? {
        let fields = BuiltInSchemas.schema(of: type).fields
        let view = RecordView(try Sample.record(fields, values), fields: fields)
        return MasterParty(type: type.rawValue, view: view, country: "DE")
    }

    @Test(
        "A vendor's mobile phone comes before its other numbers; letters and fixed lines are kept and not used"
    )
    func vendor() throws {
        let party = try #require(
            try Self.party(
                .vendor,
                [
                    "number": .text("0000004711"), "name": .text("Müller"), "name_2": .text("& Söhne"),
                    "country": .text("DE"), "emails": .list([.text("a@b.example"), .text("two; words")]),
                    "phones": .list([
                        try Self.phone(.vendor, "+49 30 123456 FAX", kind: "telephone"),
                        try Self.phone(.vendor, "030 901820", kind: "telephone"),
                        try Self.phone(.vendor, "0170 1234567", kind: "mobile"),
                        try Self.phone(.vendor, "+38(671)234567", country: "UA", kind: "mobile"),
                    ]),
                ]))
        #expect(party.party == PartyReference(kind: "vendor", key: "4711"))
        #expect(party.name == "Müller & Söhne")
        let usable = party.contacts.filter(\.address.isUsable).map(\.address.address)
        #expect(usable == ["+491701234567", "a@b.example"])
        #expect(party.contacts.count == 6)
        #expect(party.contacts.allSatisfy { $0.address.isUsable || $0.address.note != nil })
        let ranks = party.contacts.filter { $0.address.channel == .sms }.map(\.rank)
        #expect(ranks == [1_000, 1_001, 2, 3])
    }

    @Test("A user is reached by what SAP marks as a mobile phone, and by nothing else")
    func user() throws {
        let party = try #require(
            try Self.party(
                .user,
                [
                    "user": .text("meier"),
                    "phones": .list([try Self.phone(.user, "0170 1234567", kind: "telephone")]),
                ]))
        #expect(party.party.key == "MEIER")
        #expect(party.contacts.map(\.address.isUsable) == [false])
    }

    @Test("A deleted vendor has no addresses; a record without a key is no party")
    func deleted() throws {
        let party = try Self.party(
            .vendor,
            ["number": .text("1"), "deleted": .boolean(true), "emails": .list([.text("a@b.example")])])
        #expect(party?.contacts.isEmpty == true)
        #expect(try Self.party(.vendor, ["name": .text("x")]) == nil)
        #expect(try Self.party(.purchaseOrderCreated, ["number": .text("1")]) == nil)
    }
}
