import RuleLanguage
import Testing
import Values

@Suite("Reading an event's bytes for its conditions")
struct EventDecoderTests {
    private static let full: [(Int, Wire)] = [
        (1, .text("4500000001")), (5, .text("0000004711")), (6, .text("Müller & Söhne")), (7, .text("1000")),
        (12, .text("EUR")), (13, .decimal("50000.50")), (14, .date("2026-04-01")), (16, .int(-7)),
        (18, .bool(true)), (20, .seconds(86_400)),
        (21, .record([(1, .text("JDOE")), (3, .text("jane@example.com")), (4, .int(3))])),
        (
            22,
            .record([(1, .text("00010")), (3, .text("Bolts")), (8, .decimal("12.30")), (9, .int(2))])
        ),
        (22, .record([(1, .text("00020")), (8, .decimal("0.70")), (14, .bool(true))])),
        (30, .text("0000000001")), (31, .packed([1, -2, 3])), (31, .int(4)),
        (32, .timestamp(1_772_700_000, 5)),
        (33, .bytes([0, 255])), (99, .text("of a later schema")), (100, .int(1)),
    ]

    @Test(
        "Every kind of field arrives as it was sent",
        arguments: [
            "e.number == '4500000001' && e.vendor == '4711'", "e.vendor_name == 'Müller & Söhne'",
            "e.total_net == 50000.5 && e.due_date == date('2026-04-01')", "e.count == -7 && e.urgent",
            "e.entered_at == duration('24h')", "e.buyer.user == 'JDOE' && e.buyer.level == 3",
            "e.items.size() == 2 && e.items[0].text == 'Bolts' && e.items[1].deleted",
            "e.items.sum(i, i.net_value) == 13", "e.items.exists_one(i, has(i.count) && i.count == 2)",
            "e.weeks == [1, -2, 3, 4]", "e.printed > timestamp('2026-03-05T08:39:59Z')",
            "e.raw == b'\\x00\\xff'",
            "e.items.filter(i, i.net_value > 1).map(i, i.number) == ['10']", "e.buyer.email.endsWith('.com')",
            "e.items.all(i, i.net_value < 20.00) && !e.items.all(i, i.net_value < 12)",
        ])
    func kinds(_ source: String) throws { #expect(try Condition.evaluate(source, Self.full) == .yes) }

    @Test("A number too wide for 64 bits keeps every digit")
    func wide() throws {
        let fields: [(Int, Wire)] = [(13, .decimal("-99999999999999999999999999999.99"))]
        #expect(
            try Condition.evaluate("string(e.total_net) == '-99999999999999999999999999999.99'", fields)
                == .yes)
    }

    @Test("A later value of a field that is no list takes the place of the earlier one")
    func last() throws {
        #expect(try Condition.evaluate("e.plant == 'b'", [(7, .text("a")), (7, .text("b"))]) == .yes)
    }

    @Test("Where another schema gives a name another number, the event's own schema counts")
    func otherSchema() throws {
        let schema = RecordSchema(fields: [
            .init(name: "plant", number: 70, kind: .text), .init(name: "vendor", number: 7, kind: .text),
        ])
        let fields: [(Int, Wire)] = [(7, .text("0815")), (70, .text("1000"))]
        #expect(
            try Condition.evaluate(
                "e.plant == '1000' && e.vendor == '815' && !has(e.count)", fields, schema: schema)
                == .yes)
        let unlike = RecordSchema(fields: [.init(name: "plant", number: 7, kind: .integer)])
        #expect(throws: EventDecodingError.otherKind("plant")) {
            try Condition.evaluate("e.plant == '1'", [], schema: unlike)
        }
    }

    @Test("Conditions of one type share the reading, and none sees what another left behind")
    func shared() throws {
        var builder = ConditionSet.Builder(OrderSchema.order)
        let sources = [
            "e.plant + '!' == '1000!'", "e.items.map(i, i.number).size() == 2", "e.count > 0",
            "e.plant == '1000'",
        ]
        var indexes: [Int] = []
        for source in sources { indexes.append(try builder.add(source)) }
        #expect(throws: ConditionRefused.self) { try builder.add("e.plnt == '1'") }
        indexes.append(try builder.add("e.vendor_name != 'x'"))
        let set = builder.finish()
        var machine = Machine()
        let decoder = try set.decoder(for: OrderSchema.order)
        for _ in 0..<3 {
            try set.load(
                try Wire.bytes(of: Self.full), decoder, Condition.attributes, now: Condition.now,
                into: &machine)
            #expect(indexes.map { set.evaluate($0, on: &machine) } == [.yes, .yes, .no, .yes, .yes])
            try set.load([], decoder, Condition.attributes, now: Condition.now, into: &machine)
            let results = indexes.map { set.evaluate($0, on: &machine) }
            #expect(results[1] == .no)
            guard case .failed(.absent, _) = results[3] else {
                Issue.record("\(results)")
                return
            }
        }
    }

    @Test("Cut or twisted bytes are refused or read, and never trap")
    func damage() throws {
        var builder = ConditionSet.Builder(OrderSchema.order)
        let index = try builder.add(
            "has(e.buyer.email) || e.items.exists(i, i.net_value > 1) || e.weeks.exists(w, w > 1) || e.urgent || e.printed > now || e.raw == b'' || e.due_date == date('2026-01-01') || e.entered_at > duration('1s') || e.plant == ''"
        )
        let set = builder.finish()
        let decoder = try set.decoder(for: OrderSchema.order)
        let bytes = try Wire.bytes(of: Self.full)
        var machine = Machine()
        var refused = 0
        func attempt(_ data: [UInt8]) {
            do {
                try set.load(data, decoder, Condition.attributes, now: Condition.now, into: &machine)
                _ = set.evaluate(index, on: &machine)
            } catch {
                refused += 1
            }
        }
        for cut in 0..<bytes.count { attempt(Array(bytes[..<cut])) }
        #expect(refused > bytes.count / 2)
        var seed: UInt64 = 7
        for _ in 0..<20_000 {
            var data = bytes
            for _ in 0..<3 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                data[Int(seed >> 33) % data.count] = UInt8(truncatingIfNeeded: seed >> 17)
            }
            attempt(data)
        }
    }
}
