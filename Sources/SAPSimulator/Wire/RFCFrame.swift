import NIOCore

/// One frame between the SDK's stand-in and the server.
///
/// It is a kind, and a body of numbers (big-endian) and texts (length in bytes, UTF-8); Sources/README.md has all of it.
struct RFCFrame: Sendable {
    enum Kind: UInt8, Sendable {
        case logon = 1
        case describeFunction
        case describeType
        case invoke
        case ping
        case reset
        case done = 0x81
        case loggedOn
        case function
        case type
        case results
        case failure = 0xE0
    }

    let kind: Kind
    var body: ByteBuffer

    init(_ kind: Kind, body: ByteBuffer = ByteBuffer()) {
        self.kind = kind
        self.body = body
    }

    mutating func put(_ number: Int) { body.writeInteger(UInt32(truncatingIfNeeded: number)) }

    mutating func put(byte: UInt8) { body.writeInteger(byte) }

    mutating func put(_ text: String) {
        body.writeInteger(UInt32(text.utf8.count))
        body.writeString(text)
    }

    mutating func takeNumber() throws(FrameError) -> Int {
        guard let number: UInt32 = body.readInteger() else { throw .short }
        return Int(number)
    }

    mutating func takeByte() throws(FrameError) -> UInt8 {
        guard let byte: UInt8 = body.readInteger() else { throw .short }
        return byte
    }

    mutating func takeText() throws(FrameError) -> String {
        guard let text = body.readString(length: try takeNumber()) else { throw .short }
        return text
    }
}

/// A frame that is not what it should be; the connection ends.
enum FrameError: Error, Hashable, Sendable {
    case short
    case tooLong
    case unknownKind
    /// A value of another kind or shape than the function's interface has, or of a parameter that it lacks.
    case misfit
}
