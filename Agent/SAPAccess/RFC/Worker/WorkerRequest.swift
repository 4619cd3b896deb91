/// What the agent asks of a worker.
enum WorkerRequest {
    /// Load the library. Nothing goes to SAP.
    case load(RFCLibraryLocation)
    /// Log on, once in the life of a worker: names and values of connection parameters, the password among them.
    case logOn([(name: String, value: String)])
    case call(function: String, parameters: RFCRecord, results: [String])
    case describe(function: String)
    case readBlock(TableCall)
    case ping
    /// Cancel the request of that number, if it is still running. Has no answer of its own.
    case cancel

    /// The request as a frame of that number.
    func frame(_ number: UInt32) -> WorkerFrame {
        var writer = FrameWriter()
        switch self {
        case .load(let location):
            writer.put(location.path)
            writer.put(location.traceFolder ?? "")
        case .logOn(let parameters):
            writer.put(count: parameters.count)
            for (name, value) in parameters {
                writer.put(name)
                writer.put(value)
            }
        case .call(let function, let parameters, let results):
            writer.put(function)
            writer.put(parameters)
            writer.put(results)
        case .describe(let function): writer.put(function)
        case .readBlock(let call):
            for text in [call.module, call.table] { writer.put(text) }
            writer.put(call.columns)
            writer.put(call.options)
            writer.put(Int64(call.rowCount))
        case .ping, .cancel: break
        }
        return WorkerFrame(kind: kind, number: number, body: writer.bytes)
    }

    /// Whether RfcCancel can end it.
    var isCancellable: Bool {
        switch self {
        case .load, .logOn: false
        case .call, .describe, .readBlock, .ping, .cancel: true
        }
    }

    private var kind: UInt8 {
        switch self {
        case .load: 0x01
        case .logOn: 0x02
        case .call: 0x03
        case .describe: 0x04
        case .readBlock: 0x05
        case .ping: 0x06
        case .cancel: 0x07
        }
    }

    /// Reads a request.
    init(_ frame: WorkerFrame) throws(FrameError) {
        var reader = FrameReader(frame.body)
        switch frame.kind {
        case 0x01:
            let path = try reader.takeText()
            let folder = try reader.takeText()
            self = .load(RFCLibraryLocation(path: path, traceFolder: folder.isEmpty ? nil : folder))
        case 0x02:
            var parameters: [(name: String, value: String)] = []
            for _ in 0..<(try reader.takeCount(of: 8)) {
                parameters.append((try reader.takeText(), try reader.takeText()))
            }
            self = .logOn(parameters)
        case 0x03:
            self = .call(
                function: try reader.takeText(), parameters: try reader.takeRecord(),
                results: try reader.takeTexts())
        case 0x04: self = .describe(function: try reader.takeText())
        case 0x05:
            self = .readBlock(
                TableCall(
                    module: try reader.takeText(), table: try reader.takeText(),
                    columns: try reader.takeTexts(), options: try reader.takeTexts(),
                    rowCount: Int(try reader.takeLong())))
        case 0x06: self = .ping
        case 0x07: self = .cancel
        default: throw .unknownKind(frame.kind)
        }
        try reader.end()
    }
}
