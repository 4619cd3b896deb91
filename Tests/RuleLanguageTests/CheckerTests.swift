import RuleLanguage
import Testing
import Values

@Suite("Conditions are checked against the fields of their event type")
struct CheckerTests {
    @Test(
        "A condition that is not true or false is refused (case C105)",
        arguments: [
            "\"blocked invoice\"", "e.vendor_name", "e.urgent ? e.vendor_name : false", "e.total_net", "e",
            "e.items", "1", "dyn(true)", "e.urgent && e.vendor_name", "!e.count",
        ])
    func notBool(_ source: String) { #expect(!Condition.problems(source).isEmpty) }

    @Test("An unknown field is refused though its branch is rare (case C107)")
    func rareBranch() {
        let problems = Condition.problems("e.currency != 'A' || e.extra.code == '7'")
        #expect(problems.first?.hasPrefix("1:23: \"e\" has no field \"extra\"") == true, "\(problems)")
    }

    @Test(
        "A wrong name comes with the one that was meant",
        arguments: [
            ("e.vendr == '1'", "1:2: \"e\" has no field \"vendr\"; did you mean \"vendor\"?"),
            ("e.buyer.emial == 'x'", "1:8: \"e.buyer\" has no field \"emial\"; did you mean \"email\"?"),
            ("e.items.exists(i, i.txt == 'x')", "1:20: \"i\" has no field \"txt\"; did you mean \"text\"?"),
            ("total_net > 5", "1:1: the name \"total_net\" is not known here; write e.total_net"),
            ("event.typ == 'x'", "1:6: \"event\" has no field \"typ\"; did you mean \"type\"?"),
            ("has(e.curency)", "1:1: \"e\" has no field \"curency\"; did you mean \"currency\"?"),
            (
                "e.vendor_name.startwith('A')",
                "1:14: there is no method startwith(); did you mean \"startsWith\"?"
            ),
            (
                "e.items.text == 'x'",
                "1:8: \"e.items\" is a list and has no field \"text\"; ask its elements: e.items.exists(i, i.text …)"
            ),
        ])
    func suggestions(_ source: String, _ expected: String) {
        #expect(Condition.problems(source).first == expected)
    }

    @Test(
        "Types that do not go together are refused with what to write",
        arguments: [
            ("e.total_net / 3 > 5", "write div(a, b, 2)"), ("e.vendor == 4711", "write '4711'"),
            ("e.due_date > now", "write date(x) around the timestamp"),
            ("e.due_date == '2026-03-05'", "write date('2026-03-05')"),
            ("e.total_net > double(e.count)", "write decimal(x) around the double"),
            ("e.total_net > '5'", "write 5"),
            ("e.vendor_name == null", "ask whether it is there: has(e.field)"),
            ("e.count > e.vendor_name", "write string(x) around the number"),
            ("e.due_date - 3 < date(now)", "write days(n)"),
            ("e.count in '123'", "write container.contains(part) for texts"),
            ("timestamp('2023-07-01') < now", "or date('2023-07-01')"),
            ("duration('1hr') > duration('1m')", "write duration('1h')"),
            ("duration('3d') > duration('1m')", "write days(3) or duration('72h')"),
            ("e.count * 1.5 > 2.0", "write double(x) around the whole number"),
            ("size(e.items, 1) > 1", "size() takes 1 argument, not 2"),
            ("startsWith(e.plant) == 'x'", "write it behind a value: x.startsWith(…)"),
            ("e.plant.matches('(')", "the pattern is not RE2 syntax: missing ): ("),
            ("e.count == int('12a')", "\"12a\" is no int; write int('42')"),
            ("uint('-1') == 1u", "\"-1\" is no uint; write uint('42')"),
            ("double('1,5') > 1.0", "\"1,5\" is no double; write double('42')"),
            ("e.urgent == bool('yes')", "\"yes\" is no bool; write bool('true')"),
            ("decimal('1.234,56') < e.total_net", "\"1.234,56\" is no decimal"),
            ("now.getHours('Europe/Berln') > 6", "there is no time zone \"Europe/Berln\""),
            ("date(now, 'CET+1x') > e.due_date", "there is no time zone \"CET+1x\""),
            ("now.getDate('+25:00') == 1", "write it like 'Europe/Berlin' or '+01:00'"),
            ("e.buyer == e.buyer", "compare their fields"), ("e.total_net > 1e3", "without an exponent"),
        ])
    func advice(_ source: String, _ expected: String) {
        let problems = Condition.problems(source)
        #expect(problems.count == 1 && problems[0].contains(expected), "\(problems)")
    }

    @Test("Everything that is wrong is said at once")
    func allAtOnce() {
        let problems = Condition.problems(
            "e.vendr == '1' && e.count == 'x'\n  || e.items.exists(i, i.txt == 1)")
        #expect(problems.count == 3)
        #expect(problems.last?.hasPrefix("2:25:") == true, "\(problems)")
    }

    @Test(
        "Literals beside a decimal are read from their text",
        arguments: [
            ("e.total_net == 0.1 + e.tax", "0.3", true), ("e.total_net > 50000.50", "50000.50", false),
            ("e.total_net >= 50000.50", "50000.50", true), ("e.total_net in [1, 0.30, 7.5]", "0.3", true),
            ("e.total_net == (e.tax > 0.1 ? 0.3 : 0.4)", "0.3", true),
            ("-0.5 < e.total_net && 10000000000000000.01 > e.total_net", "10000000000000000", true),
            ("e.total_net == 9999999999999999.99", "9999999999999999.99", true),
            ("e.total_net < 0", "-0.023", true), ("div(e.total_net, 3, 2) == 33.33", "100", true),
            ("e.total_net.round(1) == 1.3 && e.total_net.floor(1) == 1.2", "1.25", true),
            ("(0.0 - e.total_net).abs() == 1.25", "1.25", true),
            ("string(e.total_net) == '1.50'", "1.50", true),
            ("e.total_net > 99999999999999999999999999", "100000000000000000000000000", nil),
        ])
    func decimals(_ source: String, _ total: String, _ expected: Bool?) throws {
        guard let expected else {
            #expect(!Condition.problems(source).isEmpty)
            return
        }
        let result = try Condition.evaluate(source, [(13, .decimal(total)), (15, .decimal("0.2"))])
        #expect(result == (expected ? .yes : .no))
    }

    @Test(
        "Keys are equal with and without leading zeros",
        arguments: [
            "e.vendor == '4711'", "e.vendor == '0000004711'", "'4711' == e.vendor",
            "e.vendor in ['1', '04711']",
            "e.vendor == key(e.plant)", "e.vendor == e.plant", "e.vendor != '47110'",
            "'007' in e.purchase_orders",
            "e.vendor + '!' == '4711!'", "e.purchase_orders.exists(p, p == '0007')", "e.vendor.size() == 4",
            "e.vendor in ['0000004711', e.plant]", "e.vendor in ['1', e.plant]",
            "e.purchase_orders == ['07', 'A7']", "['0007', 'A7'] == e.purchase_orders.filter(p, true)",
            "e.vendor in ['0000004711', e.vendor]", "e.vendor in [e.number, '0000004711']",
            "'04711' in [e.vendor]", "e.vendor in {'0000004711': true}", "'0004711' in {e.vendor: 1}",
            "{'0000004711': 'a'}[e.vendor] == 'a'", "{e.vendor: 'a'}['04711'] == 'a'",
            "{'0000004711': 'a', e.number: 'b'}[e.vendor] == 'a'",
            "(has(e.number) ? e.vendor : '1') == '04711'",
            "(e.number == '2' ? e.vendor : '04711') == e.vendor",
        ])
    func keys(_ source: String) throws {
        let fields: [(Int, Wire)] = [
            (1, .text("1")), (5, .text("0000004711")), (7, .text("04711")), (30, .text("0000000007")),
            (30, .text("A7")),
        ]
        #expect(try Condition.evaluate(source, fields) == .yes)
    }

    @Test(
        "Dates count in days",
        arguments: [
            "e.due_date - date(now) == days(27)", "e.due_date > date('2026-03-31')",
            "e.due_date + days(1) == date('2026-04-02')", "date(now) + days(27) == e.due_date",
            "e.due_date.getMonth() == 3 && e.due_date.getDayOfWeek() == 3",
            "date(timestamp('2026-03-05T23:30:00Z'), 'Europe/Berlin') == date('2026-03-06')",
            "timestamp(e.due_date) - now > duration('432h')", "e.entered_at >= duration('18h')",
            "now - event.time == duration('1h')", "event.subject == '4500000001' && event.origin == 'live'",
        ])
    func dates(_ source: String) throws {
        #expect(
            try Condition.evaluate(source, [(14, .date("2026-04-01")), (20, .seconds(64_801))]) == .yes)
    }

    @Test(
        "What a document does not have is absent: an error, unless has() asks",
        arguments: [
            ("has(e.vendor_name)", ConditionResult.no), ("has(e.buyer.email)", .no),
            ("has(e.buyer) || has(e.items)", .no), ("has(e.plant) && e.plant == ''", .yes),
            ("e.items.size() == 0 && !e.items.exists(i, i.deleted)", .yes),
            ("has(e.buyer.email) && e.buyer.email == 'x'", .no),
            ("e.vendor_name == 'x' || e.plant == ''", .yes),
            ("e.items.sum(i, i.net_value) == 0", .yes),
        ])
    func absent(_ source: String, _ expected: ConditionResult) throws {
        #expect(try Condition.evaluate(source, [(7, .text(""))]) == expected)
    }

    @Test(
        "A condition without a value says why and where",
        arguments: [
            ("e.plant == '' &&\n  e.vendor_name == 'x'", "absent_field", 2, 4),
            ("1 / (e.count - 3) == 1", "division_by_zero", 1, 3),
            ("e.urgent && 7 % (e.count - 3) > 1", "division_by_zero", 1, 15),
            ("div(e.total_net, e.total_net - 5, 2) > 1.0", "division_by_zero", 1, 1),
            ("e.items[4].count == 1", "index_out_of_range", 1, 8),
            ("e.count * 9223372036854775807 > 0", "overflow", 1, 9),
            ("e.items.exists(i, i.count == 1)", "absent_field", 1, 20),
            ("int(e.plant) == 1", "conversion", 1, 1),
        ])
    func failures(_ source: String, _ code: String, _ line: Int, _ column: Int) throws {
        let fields: [(Int, Wire)] = [
            (7, .text("")), (16, .int(3)), (18, .bool(true)), (13, .decimal("5.00")), (22, .record([])),
        ]
        guard case .failed(let error, let place) = try Condition.evaluate(source, fields) else {
            Issue.record("no failure")
            return
        }
        #expect(error.code == code)
        #expect(place.line == line && place.column == column, "\(place)")
    }

    @Test("The deepest nesting that is taken is checked and compiled on the stack of a task")
    func deepNesting() async throws {
        let depth = 95
        let sources = [
            String(repeating: "(e.urgent || ", count: depth) + "e.blocked"
                + String(repeating: ")", count: depth),
            String(repeating: "!(", count: depth) + "e.urgent" + String(repeating: ")", count: depth),
            String(repeating: "e.items.exists(i, ", count: depth) + "i.deleted"
                + String(repeating: ")", count: depth),
        ]
        let found = await withTaskGroup(of: [String].self) { group in
            for source in sources { group.addTask { Condition.problems(source) } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(found.isEmpty)
    }

    @Test("A loop that costs too much ends with its place")
    func cost() throws {
        let source = "e.weeks.all(a, e.weeks.all(b, e.weeks.all(c, a + b + c > 0)))"
        let result = try Condition.evaluate(source, [(31, .packed([Int](repeating: 1, count: 200)))])
        guard case .failed(.cost, _) = result else {
            Issue.record("\(result)")
            return
        }
    }
}
