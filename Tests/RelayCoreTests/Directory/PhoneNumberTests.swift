import Testing

@testable import RelayCore

@Suite("Telephone numbers as SAP and people write them")
struct PhoneNumberTests {
    @Test(
        "A number becomes E.164",
        arguments: [
            ("+49 (0) 170 1234567", nil, "+491701234567"), ("+44 (0) 7911 123456", nil, "+447911123456"),
            ("+33 (0)6 12 34 56 78", nil, "+33612345678"), ("+36 06 20 123 4567", nil, "+36201234567"),
            ("+39 06 698 12345", nil, "+390669812345"), ("00390116511111", "IT", "+390116511111"),
            ("+540111523456789", nil, "+5491123456789"), ("011 15-2345-6789", "AR", "+5491123456789"),
            ("+54 11 4799 0000", nil, "+541147990000"), ("+5215512345678", nil, "+525512345678"),
            ("+525512345678", nil, "+525512345678"), ("+229 01 97 12 34 56", nil, "+2290197123456"),
            (
                "\u{0660}\u{0661}\u{0660}\u{0660}\u{0661}\u{0662}\u{0663}\u{0664}\u{0665}\u{0666}\u{0667}",
                "EG", "+201001234567"
            ),
            (
                "\u{FF0B}\u{FF14}\u{FF19}\u{FF11}\u{FF17}\u{FF10}\u{FF11}\u{FF12}\u{FF13}\u{FF14}\u{FF15}\u{FF16}\u{FF17}",
                nil, "+491701234567"
            ),
            ("\u{202A}+49\u{A0}170\u{A0}1234567\u{202C}", "DE", "+491701234567"),
            ("0170 1234567", "DE", "+491701234567"), ("0170\u{0} 123\u{1}4567", "DE", "+491701234567"),
        ] as [(String, String?, String)])
    func accepted(text: String, country: String?, e164: String) throws {
        #expect(try PhoneNumber.parse(text, country: country).e164 == e164)
    }

    @Test(
        "What is no single number is refused with its reason",
        arguments: [
            ("+49 30 123456 FAX", "DE", .holdsLetters), ("+49 151 12345678 (privat)", "DE", .holdsLetters),
            ("0170 1234567 oder 0171 7654321", "DE", .holdsLetters), ("4.91512E+11", "DE", .holdsLetters),
            ("+49 170 1234567,89", "DE", .holdsLetters), ("+49 170 1234567;ext=89", "DE", .holdsLetters),
            ("+1 212 555 0100 #123", "US", .holdsLetters),
            ("3906123456", "IT", .ambiguous("+3906123456")), ("04155550100", "US", .notPossible),
            ("0170 1234567", nil, .countryUnknown), ("", "DE", .notANumber), ("---", "DE", .notANumber),
            ("+229 97 12 34 56", "BJ", .outdated("Benin's numbers begin with +229 01 since 2024.")),
        ] as [(String, String?, PhoneNumberError)])
    func refused(text: String, country: String?, reason: PhoneNumberError) {
        #expect(throws: reason) { try PhoneNumber.parse(text, country: country) }
    }

    @Test("A number of another country than its owner's waits for a confirmation")
    func otherCountry() throws {
        let number = try PhoneNumber.parse("+38(671)234567", country: "UA")
        #expect(number.note == .otherCountry)
        #expect(number.region == "SI")
        #expect(try PhoneNumber.parse("+44 (0) 7911 123456", country: "GB").note == nil)
    }

    @Test("A number that the plan does not know is kept as written and flagged")
    func unknownToPlan() throws {
        #expect(try PhoneNumber.parse("+229 01 97 12 34 56").note == .unknownToPlan)
        #expect(try PhoneNumber.parse("+49 30 123456").maySMS == false)
    }
}
