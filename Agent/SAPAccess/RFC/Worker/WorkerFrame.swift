/// Why what came over the pipe is no message.
enum FrameError: Error, Equatable {
    /// The other end closed the pipe in the middle of a message.
    case cutShort
    /// A message says less than its kind needs, or more.
    case malformed
    case unknownKind(UInt8)
    /// A message is longer than anything that is ever sent.
    case tooLong(Int)
    /// The system refused to read or write, by its error number.
    case system(Int32)
}

/// One message of the pipe between the agent and an RFC worker: its length (of what follows), its kind, the
/// number of the request that it is or belongs to, and a body.
///
/// Numbers are little-endian. Both ends are the same program on the same host, so there is no version.
struct WorkerFrame: Equatable {
    /// Bytes of length, kind and number.
    static let headerBytes = 9
    /// Greatest body: far beyond the answer of any function module that a feed calls.
    static let bodyLimit = 64 << 20

    var kind: UInt8
    var number: UInt32
    var body: [UInt8]

    /// The frame as it is written.
    /// - Throws: `FrameError.tooLong`; nothing is written then.
    func encoded() throws(FrameError) -> [UInt8] {
        guard body.count <= Self.bodyLimit else { throw .tooLong(body.count) }
        var writer = FrameWriter(capacity: Self.headerBytes + body.count)
        writer.put(UInt32(body.count + 5))
        writer.put(kind)
        writer.put(number)
        writer.append(body)
        return writer.bytes
    }

    /// What a caller hears whose request or answer does not fit into a frame.
    static func tooLong(_ field: String, _ bytes: Int) -> SAPAccessError {
        .value(field: field, text: "\(bytes) bytes", expected: "at most \(bodyLimit) bytes long")
    }

    /// Reads a header: the frame without its body, and how many bytes of body follow.
    static func header(_ bytes: [UInt8]) throws(FrameError) -> (frame: WorkerFrame, bodyBytes: Int) {
        var reader = FrameReader(bytes)
        let length = Int(try reader.takeNumber())
        guard length >= 5 else { throw .malformed }
        guard length - 5 <= bodyLimit else { throw .tooLong(length) }
        let kind = try reader.takeByte()
        return (WorkerFrame(kind: kind, number: try reader.takeNumber(), body: []), length - 5)
    }
}

extension FrameError {
    /// What happened, for a sentence.
    var words: String {
        switch self {
        case .cutShort: "the pipe ended"
        case .malformed, .unknownKind: "the pipe carried nonsense"
        case .tooLong(let bytes): "a message has \(bytes) bytes"
        case .system(let code): "system error \(code)"
        }
    }
}
