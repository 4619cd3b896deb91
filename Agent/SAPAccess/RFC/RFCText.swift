// UTF-16 in and out of the library without intermediate copies: names and values are written straight into
// stack memory, and answers are transcoded straight into the bytes of the result.

/// Lends `text` as UTF-16 with a NUL behind it; the count leaves the NUL out.
func withUTF16<Result, Failure: Error>(
    _ text: String, _ body: (UnsafePointer<UInt16>, UInt32) throws(Failure) -> Result,
) throws(Failure) -> Result {
    // A string has at most as many UTF-16 units as UTF-8 bytes.
    let capacity = text.utf8.count + 1
    let outcome = unsafe withUnsafeTemporaryAllocation(
        of: UInt16.self, capacity: capacity,
    ) { buffer -> Swift.Result<Result, Failure> in
        var count = 0
        for unit in text.utf16 {
            unsafe buffer[count] = unit
            count += 1
        }
        unsafe buffer[count] = 0
        guard let base = unsafe UnsafePointer(buffer.baseAddress) else {
            preconditionFailure("capacity is > 0")
        }
        do throws(Failure) {
            return .success(try unsafe body(base, UInt32(truncatingIfNeeded: count)))
        } catch {
            return .failure(error)
        }
    }
    return try outcome.get()
}

/// What was found while turning UTF-16 into UTF-8.
struct TranscodingCount: Equatable {
    /// U+0000 inside of text, left out (case C008).
    var nulsDropped = 0
    /// Lone surrogates, written as U+FFFD.
    var replaced = 0

    /// Characters that are not as SAP sent them.
    var damaged: Int { nulsDropped + replaced }
}

/// What was found in all text of one connection since it was asked last; belongs to the connection's thread.
final class TextTally {
    var count = TranscodingCount()
}

extension [UInt8] {
    /// Appends UTF-16 as UTF-8 without trailing blanks.
    ///
    /// NULs are left out and counted.
    mutating func appendTrimmed(
        _ units: UnsafeBufferPointer<UInt16>, counting count: inout TranscodingCount,
    ) {
        var end = units.count
        while end > 0, unsafe units[end - 1] == 0x20 || units[end - 1] == 0 { end -= 1 }
        var index = 0
        while index < end {
            let unit = unsafe units[index]
            index += 1
            if unit < 0x80 {
                if unit == 0 { count.nulsDropped += 1 } else { append(UInt8(truncatingIfNeeded: unit)) }
                continue
            }
            var scalar = UInt32(unit)
            if unit & 0xF800 == 0xD800 {
                if unit < 0xDC00, index < end, unsafe units[index] & 0xFC00 == 0xDC00 {
                    scalar = unsafe 0x10000 + (UInt32(unit & 0x3FF) << 10) + UInt32(units[index] & 0x3FF)
                    index += 1
                } else {
                    scalar = 0xFFFD
                    count.replaced += 1
                }
            }
            appendUTF8(scalar)
        }
    }

    private mutating func appendUTF8(_ scalar: UInt32) {
        switch scalar {
        case ..<0x800:
            append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
        case ..<0x10000:
            append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            append(UInt8(truncatingIfNeeded: 0x80 | (scalar >> 6 & 0x3F)))
        default:
            append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            append(UInt8(truncatingIfNeeded: 0x80 | (scalar >> 12 & 0x3F)))
            append(UInt8(truncatingIfNeeded: 0x80 | (scalar >> 6 & 0x3F)))
        }
        append(UInt8(truncatingIfNeeded: 0x80 | (scalar & 0x3F)))
    }
}

/// Text of a fixed array of the library's structures, up to its NUL, without trailing blanks.
func text<Tuple>(ofArray array: Tuple) -> String {
    unsafe withUnsafeBytes(of: array) { bytes in
        let units = unsafe bytes.assumingMemoryBound(to: UInt16.self)
        var length = 0
        while length < units.count, unsafe units[length] != 0 { length += 1 }
        var result: [UInt8] = []
        var count = TranscodingCount()
        unsafe result.appendTrimmed(UnsafeBufferPointer(rebasing: units[..<length]), counting: &count)
        return String(decoding: result, as: UTF8.self)
    }
}
