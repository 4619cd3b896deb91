import Synchronization

/// What goes wrong on purpose.
///
/// Each fault is data; the control port sets them.
final class Faults: Sendable {
    /// What a call has to suffer.
    enum Outcome: Sendable {
        case none
        case failure(RFCFailure)
        /// The connection breaks in the middle of the call.
        case drop
    }

    /// What goes wrong, by its name on the control port.
    enum Kind: String, Codable, Sendable {
        case systemFailure = "system_failure"
        case drop
        case slow
        case denyFunction = "deny_function"
        case denyTable = "deny_table"
        case denyDocument = "deny_document"
        case absentTable = "absent_table"
    }

    /// One fault as it comes over the control port.
    struct Fault: Codable, Hashable, Sendable {
        var kind: Kind
        /// Function, table or document key; absent means every call.
        var name: String?
        /// How many calls it hits; absent means until it is cleared.
        var times: Int?
        /// Milliseconds of a slow call.
        var milliseconds: Int?
    }

    private let active = Mutex<[Fault]>([])

    func add(_ fault: Fault) { active.withLock { $0.append(fault) } }

    func clear() { active.withLock { $0.removeAll() } }

    var all: [Fault] { active.withLock { $0 } }

    func isAbsent(_ table: String) -> Bool { has(.absentTable, table) }

    func isDenied(table: String) -> Bool { has(.denyTable, table) }

    func isDenied(document: String) -> Bool { has(.denyDocument, document) }

    /// Milliseconds to wait before the call is served.
    func delay(of function: String) -> Int { take(.slow, function)?.milliseconds ?? 0 }

    /// The failure that the call meets.
    func outcome(of function: String, user: String) -> Outcome {
        if has(.denyFunction, function) { return .failure(.notAuthorised(function, user: user)) }
        if take(.drop, function) != nil { return .drop }
        if take(.systemFailure, function) != nil {
            return .failure(.dump("SYSTEM_FAILURE", "An exception occurred in function module \(function)."))
        }
        return .none
    }

    private func has(_ kind: Kind, _ name: String) -> Bool {
        active.withLock { $0.contains { $0.kind == kind && $0.name == name } }
    }

    private func take(_ kind: Kind, _ name: String) -> Fault? {
        active.withLock { faults in
            guard
                let index = faults.firstIndex(where: {
                    $0.kind == kind && ($0.name == nil || $0.name == name)
                })
            else { return nil }
            let fault = faults[index]
            if let times = fault.times {
                if times <= 1 { faults.remove(at: index) } else { faults[index].times = times - 1 }
            }
            return fault
        }
    }
}
