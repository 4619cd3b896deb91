import Logging

/// Brings up one worker: budget, gate, process, library, logon, in this order.
struct WorkerStarter: Sendable {
    /// A worker that is logged on.
    struct Worker: Sendable {
        let process: RFCWorkerProcess
        let permit: CallPermit
        let attributes: RFCAttributes
    }

    let launch: ChildLaunch
    let library: RFCLibraryLocation
    let destination: RFCDestination
    let gate: any LogonGate
    let budget: any CallBudget
    let deadlines: RFCDeadlines
    let clock: PoolClock
    let logger: Logger
    /// Starts the processes: their parent, for the parent-death signal.
    let parent: SerialThread

    /// How many connections the budget lets be at once.
    func places() async throws(SAPAccessError) -> Int {
        do { return try await budget.places(system: destination.system) } catch { throw unasked(error) }
    }

    /// Starts a process and logs on once.
    /// - Parameter spawned: hears of the process as soon as there is one, to be able to abandon its logon.
    /// - Throws: `SAPAccessError`; then nothing is left behind.
    func start(
        spawned: @Sendable (RFCWorkerProcess) -> Void,
    ) async throws(SAPAccessError) -> Worker {
        let permit: CallPermit?
        do { permit = try await budget.take(system: destination.system) } catch { throw unasked(error) }
        guard let permit else { throw .noPlace(system: destination.system) }
        do throws(SAPAccessError) {
            return try await start(permit, spawned)
        } catch {
            await budget.giveBack(permit)
            throw error
        }
    }

    /// Ends a worker and gives its place back, once its process is gone.
    func end(_ worker: Worker) async {
        let words = await worker.process.end()
        logger.debug(
            "An RFC worker has ended.",
            metadata: ["worker.pid": "\(worker.process.id)", "worker.end": "\(words)"])
        await budget.giveBack(worker.permit)
    }

    private func start(
        _ permit: CallPermit, _ spawned: @Sendable (RFCWorkerProcess) -> Void,
    ) async throws(SAPAccessError) -> Worker {
        let attempt: LogonAttempt
        do { attempt = try await gate.begin(destination.identity) } catch {
            if let error = error as? LogonGateError {
                if case .closed = error { throw .gate(sentence: error.description, closed: true) }
                throw .gate(sentence: error.description, closed: false)
            }
            throw unasked(error)
        }
        var outcome = LogonOutcome.notMade
        let result = await logOn(&outcome, spawned)
        await settle(attempt, outcome)
        let (process, attributes) = try result.get()
        logger.info(
            "An RFC worker is logged on.",
            metadata: [
                "sap.system": "\(destination.system)", "sap.release": "\(attributes.release)",
                "worker.pid": "\(process.id)",
            ])
        return Worker(process: process, permit: permit, attributes: attributes)
    }

    /// Everything between the gate's two sides; `outcome` is what the gate has to hear.
    private func logOn(
        _ outcome: inout LogonOutcome, _ spawned: @Sendable (RFCWorkerProcess) -> Void,
    ) async -> Result<(RFCWorkerProcess, RFCAttributes), SAPAccessError> {
        let process: RFCWorkerProcess
        switch await spawn() {
        case .success(let started): process = started
        case .failure(let error): return .failure(error)
        }
        spawned(process)
        do throws(SAPAccessError) {
            _ = try await ask(.load(library), "loading \(library.path)", of: process, within: deadlines.load)
            let logon: [(name: String, value: String)]
            do { logon = try await destination.logon() } catch { throw unasked(error) }
            // From here on SAP may see a password, whatever happens to us.
            outcome = .unknown
            let what = "logon to \(destination.system)"
            let result = try await ask(.logOn(logon), what, of: process, within: deadlines.logon)
            guard case .loggedOn(let attributes) = result else {
                throw .workerLost(reason: "it spoke nonsense during \(what)")
            }
            outcome = .succeeded
            return .success((process, attributes))
        } catch {
            await process.end()
            if outcome == .unknown {
                outcome = process.wasOnlyConnecting ? .notMade : Self.outcome(of: error)
            }
            return .failure(error)
        }
    }

    /// What a failed logon means for the gate.
    ///
    /// By code and group only: an unreachable host, or a connection that broke, is no answer to a password,
    /// and neither are parameters that the library did not take.
    static func outcome(of error: SAPAccessError) -> LogonOutcome {
        switch error {
        case .rfc(let problem) where problem.isLogonRefusal: .refused(sentence: problem.description)
        case .rfc(let problem) where notSent.contains(problem.code): .notMade
        // The worker was given up before it was asked.
        case .shutDown: .notMade
        default: .unknown
        }
    }

    private static let notSent: Set<RFCReturnCode> = [
        .communicationFailure, .invalidParameter, .memoryInsufficient, .notFound, .illegalState,
    ]

    private func spawn() async -> Result<RFCWorkerProcess, SAPAccessError> {
        let launch = launch
        return await parent.run {
            do throws(FrameError) {
                return .success(try RFCWorkerProcess(launch))
            } catch {
                return .failure(
                    .workerLost(reason: "\(launch.executable) could not be started: \(error.words)"))
            }
        }
    }

    private func ask(
        _ request: WorkerRequest, _ what: String, of process: RFCWorkerProcess, within deadline: Duration,
    ) async throws(SAPAccessError) -> WorkerResult {
        switch await process.exchange(request, what: what, within: deadline) {
        case .success(let answer):
            if case .failed(let error) = answer.result { throw error }
            return answer.result
        case .failure(let failure): throw failure.error
        }
    }

    /// Tells the gate how the attempt ended.
    ///
    /// Tried again where the spool cannot be written for a moment; an end that it never hears leaves the gate
    /// busy, so that nobody logs on meanwhile.
    private func settle(_ attempt: LogonAttempt, _ outcome: LogonOutcome) async {
        for pause in [Duration.milliseconds(100), .milliseconds(500), .seconds(2), .seconds(5), nil] {
            do {
                try await gate.end(attempt, outcome)
                return
            } catch {
                guard let pause, (try? await clock.sleep(pause)) != nil else {
                    logger.error(
                        "The end of a logon could not be written down.", metadata: ["error": "\(error)"])
                    return
                }
            }
        }
    }

    private func unasked(_ error: any Error) -> SAPAccessError {
        .gate(sentence: "No logon to \(destination.system): \(error)", closed: false)
    }
}
