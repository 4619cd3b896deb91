internal import SQLStore

/// What a person says about events in quarantine: any node, and any command, may write it.
package struct QuarantineDesk: Sendable {
    /// One event of a batch, `BATCH/POSITION` as lists and the audit log name it.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        package let batch: Int64
        /// From 0.
        package let position: Int64

        /// Takes a place apart; nil where `text` is none.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let batch = Int64(parts[0]), let position = Int64(parts[1]) else {
                return nil
            }
            self.init(batch: batch, position: position)
        }

        init(batch: Int64, position: Int64) {
            self.batch = batch
            self.position = position
        }

        package var description: String { "\(batch)/\(position)" }
    }

    private let scope: TenantScope
    private let clock: RelayClock

    /// The quarantine of the scope's tenant.
    package init(scope: TenantScope, clock: RelayClock) {
        self.scope = scope
        self.clock = clock
    }

    /// Has events tried again by the tenant's node, which takes them within a second; what still cannot be taken is
    /// open again, with one try more.
    ///
    /// - Parameter places: all that are open where it is nil.
    /// - Returns: how many are tried again.
    /// - Throws: ``QuarantineError`` where one is not open, and nothing is changed then; `SQLError`.
    package func retry(_ places: [Place]?, by person: String) async throws -> Int {
        try await settle(places, by: person, action: "event.retry_asked") { statements, place, _ in
            try statements.run(
                """
                UPDATE quarantine SET state = 'retry'
                WHERE tenant = ?1 AND batch = ?2 AND position = ?3 AND state IN ('open', 'retry')
                """, [.integer(place.batch), .integer(place.position)])
        }
    }

    /// Gives events up: they are not tried again, and their bytes stay as proof.
    ///
    /// - Returns: how many were given up.
    /// - Throws: ``QuarantineError`` where one is not open, and nothing is changed then; `SQLError`.
    package func drop(_ places: [Place], reason: String, by person: String) async throws -> Int {
        try await settle(places, by: person, action: "event.dropped", reason: reason) {
            statements, place, now in
            try statements.run(
                """
                UPDATE quarantine SET state = 'dropped', settled_at = ?4, settled_by = ?5
                WHERE tenant = ?1 AND batch = ?2 AND position = ?3 AND state IN ('open', 'retry')
                """, [.integer(place.batch), .integer(place.position), now.sql, .text(person)])
        }
    }

    private func settle(
        _ places: [Place]?, by person: String, action: String, reason: String? = nil,
        _ change: @escaping @Sendable (TenantStatements, Place, Moment) throws -> Int,
    ) async throws -> Int {
        let now = clock.now
        return try await scope.write { statements in
            let places = try places ?? Self.open(statements)
            for place in places {
                guard try change(statements, place, now) == 1 else {
                    throw QuarantineError.notOpen("\(place)")
                }
                try statements.audit(
                    AuditEntry(
                        actor: person, action: action, subject: "\(place)",
                        detail: reason.map { ["reason": $0] } ?? [:]), now: now)
            }
            return places.count
        }
    }

    private static func open(_ statements: TenantStatements) throws -> [Place] {
        try statements.rows(
            "SELECT batch, position FROM quarantine WHERE tenant = ?1 AND state = 'open' ORDER BY batch, position"
        ).map { Place(batch: try $0.integer(0), position: try $0.integer(1)) }
    }
}

/// Why a person's word about the quarantine was not taken.
package enum QuarantineError: Error, Hashable, CustomStringConvertible {
    /// No event waits at this place.
    case notOpen(String)

    package var description: String {
        switch self {
        case .notOpen(let place):
            "No event waits in quarantine at \(place). List them with ml-relay quarantine list."
        }
    }
}
