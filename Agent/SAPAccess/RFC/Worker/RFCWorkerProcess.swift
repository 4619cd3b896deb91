import Glibc
import Synchronization

/// Why a request has no answer.
struct ExchangeFailure: Error, Equatable {
    var error: SAPAccessError
    /// True where the worker cannot have passed the request on to SAP, so that another one may be asked the same.
    var neverStarted = false
    /// True where the caller went away, and nothing is wrong.
    var isCancellation = false
}

/// An answer with the rows that came before it.
struct ExchangeAnswer: Sendable {
    var result: WorkerResult
    var rows: TableBlock?
    var isUsable: Bool
    var memoryBytes: Int
    var damagedCharacters: Int
}

/// The agent's end of one worker: its process, its pipes, and the thread that waits for it.
///
/// One request at a time; the pool sees to that.
final class RFCWorkerProcess: Sendable {
    /// Process id, for logs and tests.
    var id: Int32 { child.id }

    private let child: ChildProcess
    private let requests: PipeEnd
    private let answers: PipeEnd
    private let alarm: PipeAlarm
    private let thread: SerialThread
    private let number = Mutex<UInt32>(0)
    private let isAbandoned = Mutex(false)
    private let onlyConnecting = Mutex(false)
    /// How the process ended, once it was reaped.
    private let ending = Mutex<String?>(nil)

    /// Starts the process.
    ///
    /// Blocks, and makes the calling thread the parent whose end ends the process.
    init(_ launch: ChildLaunch) throws(FrameError) {
        thread = try SerialThread()
        alarm = try PipeAlarm()
        let (childInput, childOutput): (PipeEnd, PipeEnd)
        (childInput, requests) = try PipeEnd.pair()
        (answers, childOutput) = try PipeEnd.pair()
        // So that a worker that stopped reading cannot hold the thread for ever.
        _ = fcntl(requests.descriptor, F_SETFL, O_NONBLOCK)
        child = try ChildProcess.start(
            launch, input: childInput.descriptor, output: childOutput.descriptor)
        childInput.close()
        childOutput.close()
    }

    deinit {
        // The net: whoever started it has called `end`.
        kill()
        _ = reap()
    }

    /// Asks the worker, and waits for its answer at most `deadline` and five seconds.
    ///
    /// Past the deadline, or when the calling task is cancelled, the worker is told to cancel the request, and
    /// killed where that does not help. A worker that failed this way has to be ended with `end`.
    func exchange(
        _ request: WorkerRequest, what: String, within deadline: Duration,
    ) async -> Result<ExchangeAnswer, ExchangeFailure> {
        let number = number.withLock { number in
            number &+= 1
            return number
        }
        // Behind the new number: whoever abandons it from here on rings for this one.
        if isAbandoned.withLock({ $0 }) {
            return .failure(ExchangeFailure(error: .shutDown, neverStarted: true))
        }
        return await withTaskCancellationHandler {
            await thread.run { self.answer(to: request, number, what, deadline) }
        } onCancel: {
            alarm.ring(number)
        }
    }

    /// Ends the worker: it logs off when its pipe closes, and is killed where it does not end within five seconds.
    /// - Returns: how it ended, in words.
    @discardableResult
    func end() async -> String {
        await thread.run {
            self.requests.close()
            // Nothing can be cancelled any more: the number of the closed pipe may be another file's by now.
            var course = ExchangeCourse(deadline: ExchangeCourse.killAfter, isCancellable: false)
            self.drain(&course)
            self.kill()
            return self.reap()
        }
    }

    /// Kills the worker at once, from any thread; whoever waits for it hears that it was lost.
    func kill() {
        ending.withLock { ending in
            // The number of a process that was reaped may be another one's by now.
            guard ending == nil else { return }
            if ProcessSockets.areOnlyConnecting(child.id) { onlyConnecting.withLock { $0 = true } }
            child.kill()
        }
    }

    /// Whether the worker was killed before the host that it called had answered at all.
    var wasOnlyConnecting: Bool { onlyConnecting.withLock { $0 } }

    /// Does to the running request what its caller's going away does, and takes no other one; from any thread.
    func abandon() {
        isAbandoned.withLock { $0 = true }
        alarm.ring(number.withLock { $0 })
    }

    // MARK: On the worker's own thread

    private func answer(
        to request: WorkerRequest, _ number: UInt32, _ what: String, _ deadline: Duration,
    ) -> Result<ExchangeAnswer, ExchangeFailure> {
        let frame = request.frame(number)
        let encoded: [UInt8]
        do throws(FrameError) { encoded = try frame.encoded() } catch {
            return .failure(ExchangeFailure(error: WorkerFrame.tooLong("request", frame.body.count)))
        }
        var course = ExchangeCourse(deadline: deadline, isCancellable: request.isCancellable)
        var hasBegun = false
        do throws(FrameError) {
            try send(encoded, number, &course)
            let answer = try receive(number, &course, &hasBegun)
            if course.stage == .running { return .success(answer) }
            guard case .failed = answer.result else { return .success(answer) }
            return .failure(Self.interrupted(course, what))
        } catch {
            kill()
            let reason = reap()
            if course.stage != .running { return .failure(Self.interrupted(course, what)) }
            return .failure(
                ExchangeFailure(
                    error: .workerLost(reason: "\(reason) during \(what)"), neverStarted: !hasBegun))
        }
    }

    private static func interrupted(_ course: ExchangeCourse, _ what: String) -> ExchangeFailure {
        ExchangeFailure(error: .deadline(what: what), isCancellation: course.isAbandoned)
    }

    private func send(
        _ frame: [UInt8], _ number: UInt32, _ course: inout ExchangeCourse,
    ) throws(FrameError) {
        // A worker that has something to say before it was asked has ended.
        var idle = pollfd(fd: answers.descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&idle, 1, 0) == 0 else { throw .cutShort }
        try requests.write(frame) { () throws(FrameError) in
            try wait(for: POLLOUT, of: requests, number, &course)
            guard case .running = course.stage else { throw .cutShort }
        }
    }

    private func receive(
        _ number: UInt32, _ course: inout ExchangeCourse, _ hasBegun: inout Bool,
    ) throws(FrameError) -> ExchangeAnswer {
        var rows: TableBlock?
        var rowBytes = 0
        while true {
            let frame = try answers.read { () throws(FrameError) in
                try wait(for: POLLIN, of: answers, number, &course)
            }
            guard let frame else { throw .cutShort }
            guard frame.number == number else { throw .malformed }
            if frame.kind == WorkerAnswer.begun {
                guard !hasBegun else { throw .malformed }
                hasBegun = true
                continue
            }
            if frame.kind == WorkerAnswer.piece {
                rowBytes += frame.body.count
                guard rowBytes <= WorkerFrame.bodyLimit else { throw .tooLong(rowBytes) }
                var reader = FrameReader(frame.body)
                let piece = try reader.takeBlock()
                try reader.end()
                guard rows == nil || rows?.columnCount == piece.columnCount else { throw .malformed }
                if rows?.append(piece) == nil { rows = piece }
                continue
            }
            let answer = try WorkerAnswer(frame)
            return ExchangeAnswer(
                result: answer.result, rows: rows, isUsable: answer.isUsable,
                memoryBytes: answer.memoryBytes, damagedCharacters: answer.damagedCharacters)
        }
    }

    /// Blocks until the pipe is ready, and does on the way what deadlines and callers ask for.
    private func wait(
        for event: Int32, of pipe: PipeEnd, _ number: UInt32, _ course: inout ExchangeCourse,
    ) throws(FrameError) {
        while true {
            var places = [
                pollfd(fd: pipe.descriptor, events: Int16(event), revents: 0),
                pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let count = unsafe poll(&places, 2, course.millisecondsLeft)
            if count < 0 {
                guard errno == EINTR else { throw .system(errno) }
                continue
            }
            // Asked first: a pipe that always has something to read must not hide that time is up.
            let isAbandoned = places[1].revents != 0 && alarm.silence() == number
            if isAbandoned || course.millisecondsLeft == 0 {
                try interrupt(event, number, &course, isAbandoned)
            }
            if places[0].revents != 0 { return }
        }
    }

    /// - Throws: `FrameError.cutShort` where nothing can be waited for any more; whoever catches it kills.
    private func interrupt(
        _ event: Int32, _ number: UInt32, _ course: inout ExchangeCourse, _ isAbandoned: Bool,
    ) throws(FrameError) {
        switch course.interrupt(abandoned: isAbandoned) {
        case .cancel:
            // Half of a request is nothing that could be cancelled.
            if event == POLLOUT { throw .cutShort }
            // A pipe that takes no more is one of a worker that is about to be killed.
            try? requests.write(WorkerRequest.cancel.frame(number).encoded()) { () throws(FrameError) in
                throw .system(EAGAIN)
            }
        // What the worker left open (a process of its own that lives on) could keep the pipe open for ever.
        case .kill: throw .cutShort
        case .nothing: break
        }
    }

    /// Waits until the worker has closed its end, five seconds at most.
    private func drain(_ course: inout ExchangeCourse) {
        do throws(FrameError) {
            while try answers.read(ready: { () throws(FrameError) in
                try wait(for: POLLIN, of: answers, 0, &course)
                guard course.stage == .running else { throw .cutShort }
            }) != nil {}
        } catch {
            return
        }
    }

    /// Waits for the process's end, once.
    private func reap() -> String {
        ending.withLock { ending in
            if let ending { return ending }
            let words = child.reap()
            ending = words
            return words
        }
    }
}
