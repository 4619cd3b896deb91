/// What a request came to.
enum WorkerResult: Equatable {
    /// The library stands; release and patch level.
    case loaded(release: Int, patch: Int)
    case loggedOn(RFCAttributes)
    case record(RFCRecord)
    case description(RFCFunctionDescription)
    /// All rows of a block; they went before this in pieces.
    case rows
    case done
    case failed(SAPAccessError)
}

/// The last frame that answers a request.
struct WorkerAnswer: Equatable {
    var result: WorkerResult
    /// Whether the connection stands and may be used again.
    var isUsable: Bool
    /// Resident memory of the worker after it.
    var memoryBytes: Int
    /// Characters of SAP's text that could not be kept as they were.
    var damagedCharacters: Int

    /// Kind of the frame that says that a request is about to go to SAP.
    static let begun: UInt8 = 0x70
    /// Kind of a piece of a block of rows, which is no answer yet.
    static let piece: UInt8 = 0x80

    /// The answer as a frame of the request's number.
    func frame(_ number: UInt32) -> WorkerFrame {
        var writer = FrameWriter()
        writer.put(isUsable)
        writer.put(Int64(memoryBytes))
        writer.put(Int64(damagedCharacters))
        switch result {
        case .loaded(let release, let patch):
            writer.put(Int64(release))
            writer.put(Int64(patch))
        case .loggedOn(let attributes): writer.put(attributes)
        case .record(let record): writer.put(record)
        case .description(let description): writer.put(description)
        case .failed(let error): writer.put(error)
        case .rows, .done: break
        }
        return WorkerFrame(kind: kind, number: number, body: writer.bytes)
    }

    private var kind: UInt8 {
        switch result {
        case .loaded: 0x81
        case .loggedOn: 0x82
        case .record: 0x83
        case .description: 0x84
        case .rows: 0x85
        case .done: 0x86
        case .failed: 0xE0
        }
    }

    init(result: WorkerResult, isUsable: Bool, memoryBytes: Int, damagedCharacters: Int = 0) {
        self.result = result
        self.isUsable = isUsable
        self.memoryBytes = memoryBytes
        self.damagedCharacters = damagedCharacters
    }

    /// Reads an answer.
    init(_ frame: WorkerFrame) throws(FrameError) {
        var reader = FrameReader(frame.body)
        isUsable = try reader.takeTruth()
        memoryBytes = Int(try reader.takeLong())
        damagedCharacters = Int(try reader.takeLong())
        switch frame.kind {
        case 0x81: result = .loaded(release: Int(try reader.takeLong()), patch: Int(try reader.takeLong()))
        case 0x82: result = .loggedOn(try reader.takeAttributes())
        case 0x83: result = .record(try reader.takeRecord())
        case 0x84: result = .description(try reader.takeDescription())
        case 0x85: result = .rows
        case 0x86: result = .done
        case 0xE0: result = .failed(try reader.takeError())
        default: throw .unknownKind(frame.kind)
        }
        try reader.end()
    }
}

extension FrameWriter {
    fileprivate mutating func put(_ attributes: RFCAttributes) {
        for text in [
            attributes.systemID, attributes.client, attributes.user, attributes.host,
            attributes.partnerHost, attributes.release, attributes.codePage, attributes.partnerCodePage,
        ] { put(text) }
        put(Int64(attributes.partnerBytesPerCharacter))
    }
}

extension FrameReader {
    fileprivate mutating func takeAttributes() throws(FrameError) -> RFCAttributes {
        RFCAttributes(
            systemID: try takeText(), client: try takeText(), user: try takeText(), host: try takeText(),
            partnerHost: try takeText(), release: try takeText(), codePage: try takeText(),
            partnerCodePage: try takeText(), partnerBytesPerCharacter: Int(try takeLong()))
    }
}
