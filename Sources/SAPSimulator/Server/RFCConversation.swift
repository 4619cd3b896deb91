/// What is said over one connection: a logon first, then calls.
struct RFCConversation {
    let system: ECCSystem
    private var session: Session?

    init(system: ECCSystem) { self.system = system }

    /// - Returns: the answer, none where the connection is to break, and whether the connection stays.
    mutating func answer(_ frame: RFCFrame) async -> (RFCFrame?, Bool) {
        do {
            return (try await served(frame), true)
        } catch let failure as RFCFailure {
            return (RFCFrame(failure), !failure.closes)
        } catch {
            return (nil, false)
        }
    }

    private mutating func served(_ received: RFCFrame) async throws -> RFCFrame {
        var frame = received
        if frame.kind == .logon { return try logOn(&frame) }
        guard let session else { throw RFCFailure.logon }
        switch frame.kind {
        case .ping, .reset:
            system.count("RFC_PING")
            return RFCFrame(.done)
        case .describeFunction:
            let name = try frame.takeText()
            system.count("(metadata)")
            guard let interface = system.function(name) else { throw RFCFailure.unknown(name) }
            return RFCFrame(interface)
        case .describeType:
            let name = try frame.takeText()
            guard let definition = system.dictionary.structures[name] ?? system.dictionary.tables[name] else {
                throw RFCFailure.exception("NOT_FOUND")
            }
            return RFCFrame(definition)
        case .invoke:
            return try await call(&frame, session)
        default:
            throw FrameError.unknownKind
        }
    }

    private mutating func logOn(_ frame: inout RFCFrame) throws -> RFCFrame {
        var settings: [String: String] = [:]
        for _ in 0..<(try frame.takeNumber()) {
            let name = try frame.takeText().uppercased()
            settings[name] = try frame.takeText()
        }
        system.count("(logon)")
        let client = settings["CLIENT"] ?? ""
        let user = (settings["USER"] ?? "").uppercased()
        guard system.users.admit(user, client: client, password: settings["PASSWD"] ?? "") else {
            throw RFCFailure.logon
        }
        let language = String((settings["LANG"] ?? "EN").prefix(2)).uppercased()
        session = Session(client: client, user: user, language: String(language.prefix(1)))
        var answer = RFCFrame(.loggedOn)
        for text in [
            "sapsim", "00", system.identity.systemID, client, user, String(language.prefix(1)), language,
            "740", "753",
            "4103", "4103", "2", "00000001",
        ] { answer.put(text) }
        return answer
    }

    private func call(_ frame: inout RFCFrame, _ session: Session) async throws -> RFCFrame {
        let name = try frame.takeText()
        guard let interface = system.function(name) else { throw RFCFailure.unknown(name) }
        let arguments = try frame.takeCall(interface)
        system.count(name)
        let missing = interface.parameters.first {
            $0.direction == .sent && !$0.isOptional && arguments.values[$0.name] == nil
        }
        if let missing {
            throw RFCFailure.dump(
                "CALL_FUNCTION_PARM_MISSING", "Parameter \(missing.name) of \(name) is missing.")
        }
        var wait = system.faults.delay(of: name)
        if name == "RFC_PING_AND_WAIT" { wait += arguments.integer("SECONDS") * 1000 }
        if wait > 0 { try await ContinuousClock().sleep(for: .milliseconds(wait)) }
        switch system.faults.outcome(of: name, user: session.user) {
        case .none: break
        case .failure(let failure): throw failure
        case .drop: throw FrameError.short
        }
        let results = try FunctionModules(system: system).call(arguments, session)
        return RFCFrame(results: results, of: arguments)
    }
}
