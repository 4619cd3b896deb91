import ConnectorProtocol
import Cryptography
import Testing

@Suite("Identity")
struct IdentityTests {
    /// Golden: scheme 1 is never changed in place.
    ///
    /// Recomputed independently with Python's hashlib.
    @Test("The id of scheme 1 stays what it is")
    func golden() {
        let id = EventIdentity.id(
            source: "/sap/PRD/100", businessKey: "purchase_order:4500000001@20261125/MILLER",
            transition: "created",
            version: "1")
        #expect(id.hexadecimal == "7b0f73eb5cae9852b024abd10563ba162600cf456ac839990f6c02d060ba9423")
    }

    @Test("Lengths keep parts apart: moving a character between two parts changes the id")
    func unambiguous() {
        let one = EventIdentity.id(source: "a", businessKey: "bc", transition: "d", version: "1")
        let two = EventIdentity.id(source: "ab", businessKey: "c", transition: "d", version: "1")
        #expect(one != two)
    }

    @Test(
        "A business key has one text for one document",
        arguments: [
            (["4500000001"], ["20261125"], "o:4500000001@20261125"), (["a/b"], [], "o:a%2Fb"),
            (["a", "b"], [], "o:a/b"), (["1@2:3%"], [], "o:1%402%3A3%25"), (["ü "], [], "o:%C3%BC%20"),
        ])
    func keys(_ key: [String], _ creation: [String], _ text: String) {
        #expect(BusinessKey.text(object: "o", key: key, creation: creation) == text)
    }
}
