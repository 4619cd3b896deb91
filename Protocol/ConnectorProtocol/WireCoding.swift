internal import Cryptography
internal import SwiftProtobuf
internal import Values

/// Reads a generated message; fields that this version does not know are skipped.
func decodeWire<Wire: Message>(_ bytes: [UInt8], _ what: String) throws(ProtocolError) -> Wire {
    do {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 20
        return try Wire(serializedBytes: bytes, options: options)
    } catch {
        throw .malformed(what)
    }
}

/// Writes a generated message.
///
/// Our messages have no required fields and stay far below 2 GiB, which are the two things it can fail for.
func encodeWire(_ wire: some Message) -> [UInt8] { (try? wire.serializedBytes()) ?? [] }

extension Timestamp {
    init(wire: WireTimestamp, _ what: String) throws(ProtocolError) {
        guard let nanoseconds = Int32(exactly: wire.nanoseconds),
            let value = Timestamp(seconds: wire.seconds, nanoseconds: nanoseconds)
        else { throw .malformed(what) }
        self = value
    }

    var wire: WireTimestamp {
        var wire = WireTimestamp()
        wire.seconds = seconds
        wire.nanoseconds = UInt32(nanoseconds)
        return wire
    }
}

extension LocalDateTime {
    init(wire: WireLocalStamp, _ what: String) throws(ProtocolError) {
        guard let date = LocalDate(daysSinceEpoch: Int(wire.date)), wire.time <= 86_400,
            let time = TimeOfDay(secondsSinceMidnight: Int(wire.time))
        else { throw .malformed(what) }
        self.init(date, time)
    }

    var wire: WireLocalStamp {
        var wire = WireLocalStamp()
        wire.date = date.daysSinceEpoch
        wire.time = UInt32(time.secondsSinceMidnight)
        return wire
    }
}

extension Digest32 {
    init(wire: [UInt8], _ what: String) throws(ProtocolError) {
        guard let value = Digest32(wire) else { throw .malformed(what) }
        self = value
    }

    /// Absent where the field is empty.
    static func optional(wire: [UInt8], _ what: String) throws(ProtocolError) -> Digest32? {
        wire.isEmpty ? nil : try Digest32(wire: wire, what)
    }
}

/// Refuses more than `limit` of something.
func checkCount(_ count: Int, _ what: String, _ limit: Int) throws(ProtocolError) {
    guard count <= limit else { throw .tooLarge(what: what, limit: limit) }
}

/// Refuses a name that is longer than names are.
func checkName(_ text: String, _ what: String) throws(ProtocolError) {
    try checkCount(text.utf8.count, what, ProtocolLimits.nameBytesLimit)
}
