import Testing
import Values

@Suite struct SAPKeyTests {
    @Test(
        "keys of digits are the same with and without leading zeros",
        arguments: [("4711", "0000004711"), ("0", "000"), (" 12 ", "0012")])
    func same(a: String, b: String) {
        #expect(SAPKey(a) == SAPKey(b))
        #expect(SAPKey(a).hashValue == SAPKey(b).hashValue)
    }

    @Test("other keys stay as they are", arguments: [("A1", "0A1"), ("", "0"), ("4711", "4712")])
    func different(a: String, b: String) {
        #expect(SAPKey(a) != SAPKey(b))
    }

    @Test("a key is padded to its field only if it is all digits")
    func padding() {
        #expect(SAPKey("4711").padded(to: 10) == "0000004711")
        #expect(SAPKey("ACME").padded(to: 10) == "ACME")
        #expect(SAPKey("12345").padded(to: 3) == "12345")
        #expect(SAPKey("").padded(to: 10) == "")
        #expect(SAPKey("0000104711").description == "104711")
    }
}
