import Dispatch
import Glibc
import Synchronization

/// The worker's end of the pipe: one thread calls SAP, another one reads what the agent says meanwhile.
final class RFCWorkerService: Sendable {
    /// Bytes of one piece of a block of rows.
    static let pieceBytes = 1 << 20
    /// Exit status of a worker that was sent nonsense.
    static let protocolStatus: Int32 = EX_DATAERR

    private struct Inbox {
        var requests: [(number: UInt32, request: WorkerRequest)] = []
        var end: Int32?
        /// The request that runs, and whether it was cancelled.
        var current: UInt32?
        var isCancelled = false
        var canceller: RFCCanceller?
        /// A request that was cancelled before it ran.
        var withdrawn: UInt32?
    }

    private let input: PipeEnd
    private let output: PipeEnd
    private let inbox = Mutex(Inbox())
    private let arrived = DispatchSemaphore(value: 0)

    init(input: PipeEnd, output: PipeEnd) {
        self.input = input
        self.output = output
    }

    /// Serves until the agent closes the pipe.
    ///
    /// Blocks. - Returns: the exit status.
    func serve() -> Int32 {
        do {
            let reader = try SerialThread()
            reader.start { self.readRequests() }
            try serveRequests()
            return inbox.withLock { $0.end } ?? 0
        } catch {
            return error == .system(EPIPE) ? 0 : Self.protocolStatus
        }
    }

    // MARK: The reading thread

    private func readRequests() {
        do {
            while let frame = try input.read() {
                let request = try WorkerRequest(frame)
                if case .cancel = request { cancel(frame.number) } else { add(frame.number, request) }
            }
            finish(0)
        } catch {
            finish(Self.protocolStatus)
        }
    }

    private func add(_ number: UInt32, _ request: WorkerRequest) {
        inbox.withLock { $0.requests.append((number, request)) }
        arrived.signal()
    }

    /// Under the lock, so that the request cannot end in between and the next one be hit.
    private func cancel(_ number: UInt32) {
        inbox.withLock { inbox in
            guard inbox.current == number, let canceller = inbox.canceller else {
                inbox.withdrawn = inbox.requests.contains { $0.number == number } ? number : nil
                return
            }
            inbox.isCancelled = true
            canceller.cancel()
        }
    }

    /// Nobody waits for an answer any more: what runs is cancelled, so that SAP's work process is free again.
    private func finish(_ status: Int32) {
        inbox.withLock { inbox in
            inbox.end = status
            if inbox.current != nil { inbox.canceller?.cancel() }
        }
        arrived.signal()
    }

    // MARK: The calling thread

    private func next() -> (number: UInt32, request: WorkerRequest)? {
        arrived.wait()
        return inbox.withLock { inbox in
            guard inbox.end == nil, !inbox.requests.isEmpty else { return nil }
            let next = inbox.requests.removeFirst()
            inbox.current = next.number
            inbox.isCancelled = inbox.withdrawn == next.number
            return next
        }
    }

    /// Nothing goes to SAP for a caller who has gone away already.
    private func refuseIfWithdrawn() throws(SAPAccessError) {
        guard inbox.withLock({ $0.isCancelled }) else { return }
        throw .rfc(RFCError(operation: "RfcCancel", origin: .container, code: .canceled))
    }

    private func serveRequests() throws(FrameError) {
        guard let library = try load(), var connection = try logOn(library) else { return }
        inbox.withLock { $0.canceller = connection.canceller }
        while let (number, request) = next() {
            // Whoever never hears this knows that the request never reached SAP.
            try write(WorkerFrame(kind: WorkerAnswer.begun, number: number, body: []))
            var block: TableBlock?
            let result: WorkerResult
            do throws(SAPAccessError) {
                try refuseIfWithdrawn()
                result = try Self.serve(request, on: &connection, rows: &block)
            } catch {
                result = .failed(error)
            }
            let isCancelled = inbox.withLock { inbox in
                inbox.current = nil
                return inbox.isCancelled
            }
            if let block { try write(block, number) }
            try answer(
                number, result, isUsable: connection.isUsable && !isCancelled,
                damaged: connection.takeDamagedCharacters())
        }
    }

    /// The first request; nil where it failed, or the agent left.
    private func load() throws(FrameError) -> RFCLibrary? {
        guard let (number, request) = next() else { return nil }
        guard case .load(let location) = request else { throw .malformed }
        let library: RFCLibrary
        do throws(SAPAccessError) { library = try RFCLibrary(loading: location) } catch {
            try answer(number, .failed(error), isUsable: false)
            return nil
        }
        let version = library.version
        try answer(number, .loaded(release: version.release, patch: version.patch), isUsable: true)
        return library
    }

    /// The second request; nil where it failed, or the agent left.
    private func logOn(_ library: RFCLibrary) throws(FrameError) -> RFCConnection? {
        guard let (number, request) = next() else { return nil }
        guard case .logOn(let parameters) = request else { throw .malformed }
        do throws(SAPAccessError) {
            var connection = try RFCConnection(library: library, logon: parameters)
            let attributes = try connection.attributes()
            // A pipe that takes no answer has no other end: the reading thread sees that too, and ends it.
            try? answer(number, .loggedOn(attributes), isUsable: true)
            return connection
        } catch {
            try answer(number, .failed(error), isUsable: false)
            return nil
        }
    }

    private static func serve(
        _ request: WorkerRequest, on connection: inout RFCConnection, rows block: inout TableBlock?,
    ) throws(SAPAccessError) -> WorkerResult {
        switch request {
        case .call(let function, let parameters, let results):
            return .record(try connection.call(function, parameters, results: results))
        case .describe(let function): return .description(try connection.description(of: function))
        case .readBlock(let call):
            block = try connection.readTable(call)
            return .rows
        case .ping:
            try connection.ping()
            return .done
        // The agent's end never asks these here.
        case .load, .logOn, .cancel: throw .missing(field: "request")
        }
    }

    // MARK: Answers

    private func write(_ block: TableBlock, _ number: UInt32) throws(FrameError) {
        for rows in block.pieces(ofBytes: Self.pieceBytes) {
            var writer = FrameWriter(capacity: Self.pieceBytes + 4096)
            writer.put(block, rows: rows)
            try write(WorkerFrame(kind: WorkerAnswer.piece, number: number, body: writer.bytes))
        }
    }

    private func answer(
        _ number: UInt32, _ result: WorkerResult, isUsable: Bool, damaged: Int = 0,
    ) throws(FrameError) {
        let answer = WorkerAnswer(
            result: result, isUsable: isUsable, memoryBytes: Self.residentBytes(), damagedCharacters: damaged)
        do throws(FrameError) { try write(answer.frame(number)) } catch {
            guard case .tooLong(let count) = error else { throw error }
            let problem = WorkerFrame.tooLong("answer", count)
            try write(
                WorkerAnswer(
                    result: .failed(problem), isUsable: isUsable, memoryBytes: answer.memoryBytes
                ).frame(number))
        }
    }

    private func write(_ frame: WorkerFrame) throws(FrameError) { try output.write(try frame.encoded()) }

    /// Resident memory of this process, by `/proc/self/statm`; 0 where that cannot be read.
    private static func residentBytes() -> Int {
        let fields = (PipeEnd.content(of: "/proc/self/statm") ?? []).split(separator: UInt8(ascii: " "))
        guard fields.count > 1 else { return 0 }
        return (Int(String(decoding: fields[1], as: UTF8.self)) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
