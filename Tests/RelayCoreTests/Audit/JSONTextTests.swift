import Foundation
import Testing

@testable import RelayCore

@Suite("The detail of an audit entry is JSON whatever stands in it")
struct JSONTextTests {
    @Test(
        "Every text comes back as it was",
        arguments: [
            "", "4500000001", "a\"b\\c/d", "\u{0}\u{1}\u{1F}\u{7F}\n\r\t", "Müller 😘 \u{2028}\u{FEFF}",
        ])
    func roundTrip(_ text: String) throws {
        let read = try JSONDecoder().decode([String].self, from: Data("[\(JSONText.quoted(text))]".utf8))
        #expect(read.map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)])
    }

    @Test("Keys stand in their order, without blanks")
    func members() {
        let entry = AuditEntry(actor: "a", action: "b", subject: "c", detail: ["z": "1", "a": "\"", "m": ""])
        #expect(entry.detailText == #"{"a":"\"","m":"","z":"1"}"#)
        #expect(AuditEntry(actor: "a", action: "b", subject: "c").detailText == "{}")
    }
}
