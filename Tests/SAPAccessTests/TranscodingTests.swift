import Testing

@testable import SAPAccess

@Suite("Text from the library's UTF-16")
struct TranscodingTests {
    private func transcode(_ units: [UInt16]) -> (text: String, count: TranscodingCount) {
        var bytes: [UInt8] = []
        var count = TranscodingCount()
        units.withUnsafeBufferPointer { bytes.appendTrimmed($0, counting: &count) }
        return (String(decoding: bytes, as: UTF8.self), count)
    }

    @Test("Trailing blanks go, leading ones stay", arguments: [("  AB  ", "  AB"), ("      ", ""), ("", "")])
    func trimming(text: String, expected: String) {
        #expect(transcode(Array(text.utf16)).text == expected)
    }

    @Test("Text of every plane is kept", arguments: ["Müller", "€ 5", "漢字", "ok 👍🏽", "\u{FFFF}x"])
    func planes(text: String) {
        #expect(transcode(Array(text.utf16)).text == text)
    }

    @Test("NULs inside of text are left out and counted, and what stands behind them is kept")
    func nuls() {
        let result = transcode(Array("AB".utf16) + [0, 0] + Array("CD".utf16))
        #expect(result.text == "ABCD")
        #expect(result.count.nulsDropped == 2)
    }

    @Test(
        "A lone surrogate becomes U+FFFD",
        arguments: [[0xD800, 0x41], [0xDC00, 0x41], [0x41, 0xD83D]] as [[UInt16]])
    func surrogates(units: [UInt16]) {
        let result = transcode(units)
        #expect(result.text.contains("\u{FFFD}"))
        #expect(result.text.contains("A"))
        #expect(result.count.replaced == 1)
    }

    @Test("Text goes in as UTF-16 with its length in units", arguments: ["", "EKKO", "Zoë", "👍"])
    func lending(text: String) {
        let units = withUTF16(text) { pointer, count in
            Array(UnsafeBufferPointer(start: pointer, count: Int(count) + 1))
        }
        #expect(units == Array(text.utf16) + [0])
    }
}
