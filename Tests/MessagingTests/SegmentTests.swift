import Messaging
import Testing

@Suite("Counting the parts of an SMS")
struct SegmentTests {
    @Test("Collected cases C086 to C093 are counted right")
    func collected() throws {
        for vector in try Fixture.vectors().segments {
            let segments = MessageSegments(vector.text)
            #expect(segments.encoding.rawValue == vector.encoding)
            #expect(segments.units == vector.units)
            #expect(segments.parts == vector.parts)
        }
    }

    @Test(
        "An escaped character costs two septets and does not straddle",
        arguments: [(80, 1), (81, 2), (152, 2), (153, 3)])
    func euro(_ count: Int, _ parts: Int) {
        #expect(MessageSegments(String(repeating: "€", count: count)).parts == parts)
    }

    @Test("A cut text ends at a whole character, is marked and fits (C094)")
    func cut() {
        let text = String(repeating: "a", count: 159) + "€"
        let cut = MessageSegments.cut(text, toParts: 1)
        #expect(cut == String(repeating: "a", count: 157) + "...")
        let faces = MessageSegments.cut(String(repeating: "👍🏽", count: 60), toParts: 1)
        #expect(faces.hasSuffix("👍🏽..."))
        #expect(MessageSegments(faces).parts == 1)
        #expect(MessageSegments.cut("short", toParts: 1) == "short")
    }

    @Test("What no provider takes is cut without a limit of the rule as well", arguments: ["a", "😎", "👨‍👩‍👧‍👦"])
    func longest(character: String) {
        let text = String(repeating: character, count: 2_000)
        let cut = MessageSegments.cut(text)
        #expect(cut.utf16.count <= 1_600 && cut.hasSuffix(character + "..."))
        #expect(cut.utf16.count > 1_600 - character.utf16.count)
        let whole = String(repeating: "a", count: 1_600)
        #expect(MessageSegments.cut(whole) == whole)
    }
}
