import Testing
import Values

@Suite struct ExactDecimalTests {
    private func decimal(_ text: String) throws -> ExactDecimal { try ExactDecimal(parsing: text) }

    @Test(
        "a plain number is read and written as it was",
        arguments: ["0", "-1", "12.50", "0.000000000000000001", "99999999999999999999999999999999999999"])
    func roundTrip(text: String) throws {
        #expect(try decimal(text).description == text)
    }

    @Test(
        "what is not a plain number is refused whole",
        arguments: ["", "-", ".5", "5.", "1e3", "12abc", "1.234,56", " 1", "1 ", "--1", "1.2.3", "١"])
    func malformed(text: String) {
        #expect(throws: DecimalError.malformed) { try ExactDecimal(parsing: text) }
    }

    @Test("too many digits are an error, before and after the point")
    func tooWide() {
        #expect(throws: DecimalError.overflow) {
            try ExactDecimal(parsing: "1" + String(repeating: "0", count: 38))
        }
        #expect(throws: DecimalError.scaleTooLarge) {
            try ExactDecimal(parsing: "0." + String(repeating: "1", count: 19))
        }
    }

    @Test(
        "SAP's sign stands in front or behind",
        arguments: [("      1250.00-", "-1250.00"), ("12.5 ", "12.5"), ("-3", "-3")])
    func sapSign(text: String, expected: String) throws {
        #expect(try ExactDecimal(parsingSAP: text).description == expected)
    }

    @Test("trailing zeros do not change the number")
    func equality() throws {
        #expect(try decimal("1.0") == decimal("1.00"))
        #expect(Set([try decimal("1.0"), try decimal("1.00"), try decimal("1")]).count == 1)
        #expect(try decimal("1.0").normalized.scale == 0)
    }

    @Test(
        "order is exact across scales and signs",
        arguments: [
            ("1.1", "1.09"), ("-1.09", "-1.1"), ("0.1", "-0.1"), ("1", "0.999999999999999999"),
            ("99999999999999999999999999999999999999", "0.000000000000000001"),
        ])
    func order(larger: String, smaller: String) throws {
        #expect(try decimal(smaller) < decimal(larger))
        #expect(try !(decimal(larger) < decimal(smaller)))
        #expect(try decimal(larger) != decimal(smaller))
    }

    @Test("the sums that doubles get wrong are right")
    func sums() throws {
        #expect(try decimal("0.1").adding(decimal("0.2")) == decimal("0.3"))
        #expect(try decimal("1.15").multiplied(by: decimal("100.0")) == decimal("115"))
        #expect(try decimal("1").subtracting(decimal("1.01")).description == "-0.01")
    }

    @Test("a product gives up zeros before it fails, and then says why")
    func products() throws {
        let small = try decimal("0.1000000000")
        #expect(try small.multiplied(by: small) == decimal("0.01"))
        let fine = try decimal("0.0000000001")
        #expect(throws: DecimalError.scaleTooLarge) { try fine.multiplied(by: fine) }
        let wide = try decimal("10000000000000000000000")
        #expect(throws: DecimalError.overflow) { try wide.multiplied(by: wide) }
        #expect(throws: DecimalError.overflow) {
            let most = try decimal("99999999999999999999999999999999999999")
            return try most.adding(most)
        }
    }

    @Test(
        "division rounds a half away from zero at the scale asked for",
        arguments: [
            ("1", "3", 2, "0.33"), ("2", "3", 2, "0.67"), ("-1", "8", 2, "-0.13"), ("1", "8", 2, "0.13"),
            ("100", "0.000000000000000001", 0, "100000000000000000000"),
            ("0.000000000000000001", "99999999999999999999", 0, "0"),
        ])
    func division(a: String, b: String, scale: Int, expected: String) throws {
        #expect(try decimal(a).divided(by: decimal(b), scale: scale).description == expected)
    }

    @Test("division by zero is an error")
    func zero() throws {
        let one = try decimal("1")
        #expect(throws: DecimalError.divisionByZero) { try one.divided(by: .zero, scale: 2) }
    }

    @Test(
        "rounding goes the way it is told",
        arguments: [
            ("1.25", DecimalRounding.halfUp, "1.3"), ("-1.25", .halfUp, "-1.3"), ("-1.21", .floor, "-1.3"),
            ("1.29", .floor, "1.2"), ("-1.29", .ceiling, "-1.2"), ("1.21", .ceiling, "1.3"),
            ("-1.29", .down, "-1.2"),
        ])
    func rounding(text: String, mode: DecimalRounding, expected: String) throws {
        #expect(try decimal(text).rounded(to: 1, mode).description == expected)
    }

    @Test(
        "the wire's wide form is the shortest two's complement",
        arguments: [
            ("0", [0x00]), ("-1", [0xFF]), ("127", [0x7F]), ("128", [0x00, 0x80]), ("-129", [0xFF, 0x7F]),
        ] as [(String, [UInt8])])
    func wideForm(text: String, bytes: [UInt8]) throws {
        #expect(try decimal(text).twosComplementBytes == bytes)
        #expect(try ExactDecimal(twosComplement: bytes, scale: 0) == decimal(text))
    }

    @Test("a wide coefficient comes back, and one of 39 digits is refused")
    func wideRange() throws {
        let most = try decimal("-99999999999999999999.999999999999999999")
        #expect(ExactDecimal(twosComplement: most.twosComplementBytes, scale: 18) == most)
        #expect(ExactDecimal(twosComplement: [0x7F] + Array(repeating: 0xFF, count: 15), scale: 0) == nil)
        #expect(ExactDecimal(twosComplement: [UInt8](), scale: 0) == nil)
        #expect(most.unscaled64 == nil)
    }

    @Test("money of two currencies never mixes")
    func money() throws {
        let euro = Money(try decimal("1.50"), "EUR")
        #expect(try euro.adding(euro).description == "3.00 EUR")
        #expect(throws: MoneyError.currencies("EUR", "USD")) {
            try euro.compared(to: Money(.zero, "USD"))
        }
    }
}
