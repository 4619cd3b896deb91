/// The elements of a JSON array as raw bytes, so that one that cannot be read stands alone.
enum JSONElements {
    /// Splits at the commas of the outermost array; nil where the bytes are no closed array.
    static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), bytes[first] == UInt8(ascii: "[")
        else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        var start = first + 1
        var depth = 1
        var isInText = false
        var index = start
        while index < bytes.endIndex {
            defer { index += 1 }
            switch bytes[index] {
            // An escaped character ends no text.
            case UInt8(ascii: "\\") where isInText: index += 1
            case UInt8(ascii: "\""): isInText.toggle()
            case _ where isInText: break
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                guard depth == 0 else { break }
                guard bytes[index] == UInt8(ascii: "]"), bytes[(index + 1)...].allSatisfy(isBlank)
                else { return nil }
                let last = bytes[start..<index]
                // "[]" has none; a blank behind a comma is one that cannot be read.
                return elements.isEmpty && last.allSatisfy(isBlank) ? [] : elements + [last]
            case UInt8(ascii: ",") where depth == 1:
                elements.append(bytes[start..<index])
                start = index + 1
            default: break
            }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
