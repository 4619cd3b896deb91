/// Writes the body of a frame.
struct FrameWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    mutating func put(_ byte: UInt8) { bytes.append(byte) }

    mutating func put(_ truth: Bool) { bytes.append(truth ? 1 : 0) }

    mutating func put(_ number: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func put(_ number: Int32) { put(UInt32(bitPattern: number)) }

    mutating func put(_ number: Int64) {
        put(UInt32(truncatingIfNeeded: number))
        put(UInt32(truncatingIfNeeded: number >> 32))
    }

    mutating func put(count: Int) { put(UInt32(truncatingIfNeeded: count)) }

    mutating func put(_ text: String) {
        put(count: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ content: some Collection<UInt8>) {
        put(count: content.count)
        bytes.append(contentsOf: content)
    }

    mutating func put(_ texts: [String]) {
        put(count: texts.count)
        for text in texts { put(text) }
    }

    /// Many numbers less a base, copied as they lie in memory: both ends are one host, and it is little-endian.
    mutating func put(rebased numbers: ArraySlice<UInt32>, from base: UInt32) {
        put(count: numbers.count)
        let rebased = base == 0 ? Array(numbers) : numbers.map { $0 &- base }
        unsafe rebased.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Bytes without their count.
    mutating func append(_ content: some Collection<UInt8>) { bytes.append(contentsOf: content) }
}

/// Reads the body of a frame; whatever it was sent, it ends with a value or an error.
struct FrameReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func takeByte() throws(FrameError) -> UInt8 {
        guard remaining >= 1 else { throw .malformed }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func takeTruth() throws(FrameError) -> Bool { try takeByte() != 0 }

    mutating func takeNumber() throws(FrameError) -> UInt32 {
        guard remaining >= 4 else { throw .malformed }
        defer { position += 4 }
        return UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8
            | UInt32(bytes[position + 2]) << 16 | UInt32(bytes[position + 3]) << 24
    }

    mutating func takeSigned() throws(FrameError) -> Int32 { Int32(bitPattern: try takeNumber()) }

    mutating func takeLong() throws(FrameError) -> Int64 {
        let low = try takeNumber()
        return Int64(low) | Int64(try takeSigned()) << 32
    }

    /// A count of things of which each takes at least `size` bytes: never more than can follow.
    mutating func takeCount(of size: Int) throws(FrameError) -> Int {
        let count = Int(try takeNumber())
        guard count * size <= remaining else { throw .malformed }
        return count
    }

    /// Many numbers, as `put(rebased:from:)` wrote them.
    mutating func takeNumbers() throws(FrameError) -> [UInt32] {
        let count = try takeCount(of: 4)
        let start = position
        position += count * 4
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { numbers, filled in
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe UnsafeMutableRawBufferPointer(numbers).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: buffer[start..<start + count * 4]))
            }
            filled = count
        }
    }

    mutating func takeBytes() throws(FrameError) -> ArraySlice<UInt8> {
        let count = try takeCount(of: 1)
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func takeText() throws(FrameError) -> String {
        String(decoding: try takeBytes(), as: UTF8.self)
    }

    mutating func takeTexts() throws(FrameError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try takeCount(of: 4)) { texts.append(try takeText()) }
        return texts
    }

    /// - Throws: `FrameError.malformed` where something is left over.
    func end() throws(FrameError) {
        guard remaining == 0 else { throw .malformed }
    }
}
