import SAPAccess
import Testing
import Values

@Suite("Values as SAP writes them")
struct TextValueTests {
    @Test(
        "An initial date is absent, as zeros, as blanks or cut to nothing",
        arguments: ["00000000", "        ", ""])
    func initialDate(text: String) throws {
        #expect(try SAPText.date(text, field: "T-D") == nil)
    }

    @Test("A date with month or day 00 is absent", arguments: ["20260000", "20260500"])
    func partialDate(text: String) throws {
        #expect(try SAPText.date(text, field: "T-D") == nil)
    }

    @Test("The last date that SAP uses is a date")
    func lastDate() throws {
        #expect(try SAPText.date("99991231", field: "T-D") == LocalDate(year: 9999, month: 12, day: 31))
    }

    @Test(
        "A date that no calendar has is an error that names the field",
        arguments: ["20260231", "2026-01-01", "ABCDEFGH"])
    func impossibleDate(text: String) {
        #expect(throws: SAPAccessError.value(field: "T-D", text: text, expected: "a date")) {
            try SAPText.date(text, field: "T-D")
        }
    }

    @Test("A blank time is absent, zeros are midnight, 240000 is the end of the day")
    func times() throws {
        #expect(try SAPText.time("      ", field: "T-T") == nil)
        #expect(try SAPText.time("", field: "T-T") == nil)
        #expect(try SAPText.time("000000", field: "T-T") == .midnight)
        #expect(try SAPText.time("240000", field: "T-T") == TimeOfDay(secondsSinceMidnight: 86_400))
    }

    @Test(
        "The sign behind a number is kept, between -1 and 0 too",
        arguments: [
            ("       0.023-", "-0.023"), ("      15.20-", "-15.20"), ("       0.00-", "0.00"),
            (" 1.24140-", "-1.24140"),
            ("", "0"),
        ])
    func signs(text: String, expected: String) throws {
        let number = try ExactDecimal(parsing: expected)
        #expect(try SAPText.decimal(text, field: "T-P") == number)
    }

    @Test("A number that SAP has cut is an error of its own, since only a BAPI has it")
    func cut() {
        #expect(throws: SAPAccessError.cut(field: "BSEG-DMBTR")) {
            try SAPText.decimal("*291847608.00", field: "BSEG-DMBTR")
        }
    }

    @Test("In a structure an initial date harms no other field")
    func structure() throws {
        let record: RFCRecord = [
            "BLANK": .text(""), "ZERO": .text("00000000"), "TIME": .text(""), "NAME": .text("ACME"),
            "BROKEN": .unreadable(code: 22),
        ]
        #expect(try record.date("BLANK") == nil)
        #expect(try record.date("ZERO") == nil)
        #expect(try record.time("TIME") == nil)
        #expect(try record.text("NAME") == "ACME")
        #expect(throws: SAPAccessError.self) { try record.text("BROKEN") }
        #expect(throws: SAPAccessError.missing(field: "NONE")) { try record.text("NONE") }
    }
}
