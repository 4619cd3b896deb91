internal import Cryptography
package import SAPAccess
internal import SQLStore
internal import Synchronization

/// The one budget of calls per SAP system, in the spool and shared by every process of the host (DESIGN 4.6).
package struct SpoolCallBudget: CallBudget {
    private let spool: Spool
    private let owner: ProcessOwner
    private let capacity: Int
    private let unwritten = UnwrittenReturns()

    /// - Parameter capacity: places of a system, 1 to 50; the default of DESIGN section 9 is 4.
    package init(spool: Spool, owner: ProcessOwner, capacity: Int = 4) {
        self.spool = spool
        self.owner = owner
        self.capacity = min(50, max(1, capacity))
    }

    /// Takes a place; places of processes that have ended are freed first.
    package func take(system: String) async throws -> CallPermit? {
        let slot = spool.random.bytes(16)
        let now = spool.clock.now
        let owner = owner
        let capacity = capacity
        let returned = unwritten.of(system)
        let isTaken = try await spool.database.write { sql in
            let holders = try sql.query(
                "SELECT slot, owner FROM call_slots WHERE system = ?", [.text(system)])
            var taken = 0
            for holder in holders {
                let name = try holder.text("owner")
                let isReturned = returned.contains(try holder.blob("slot"))
                if !isReturned, name == owner.name || owner.isAlive(name) {
                    taken += 1
                } else {
                    try sql.execute(
                        "DELETE FROM call_slots WHERE system = ? AND slot = ?",
                        [.text(system), .blob(try holder.blob("slot"))])
                }
            }
            guard taken < capacity else { return false }
            try sql.execute(
                "INSERT INTO call_slots (system, slot, owner, taken_at) VALUES (?, ?, ?, ?)",
                [.text(system), .blob(slot), .text(owner.name), .integer(now)])
            return true
        }
        unwritten.forget(returned, of: system)
        return isTaken ? CallPermit(system: system, id: Hexadecimal.encode(slot)) : nil
    }

    /// Gives a place back, now or with the end of this process.
    package func giveBack(_ permit: CallPermit) async {
        let slot = Hexadecimal.decode(permit.id) ?? []
        do {
            _ = try await spool.database.write { sql in
                try sql.execute(
                    "DELETE FROM call_slots WHERE system = ? AND slot = ?",
                    [.text(permit.system), .blob(slot)])
            }
        } catch {
            // This process lives on, and so would its place: it is freed when the next one is taken.
            unwritten.keep(slot, of: permit.system)
        }
    }

    /// The capacity that this budget was made with, 1 to 50.
    package func places(system: String) async throws -> Int { capacity }
}

/// Places that were given back while the spool could not be written; a dead process's are freed by others.
private final class UnwrittenReturns: Sendable {
    private let slots = Mutex<[String: Set<[UInt8]>]>([:])

    func of(_ system: String) -> Set<[UInt8]> { slots.withLock { $0[system] ?? [] } }
    func keep(_ slot: [UInt8], of system: String) {
        slots.withLock { _ = $0[system, default: []].insert(slot) }
    }
    func forget(_ written: Set<[UInt8]>, of system: String) {
        slots.withLock { $0[system]?.subtract(written) }
    }
}
