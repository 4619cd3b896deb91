internal import SQLStore

/// The pinned system in the spool.
extension Spool {
    /// The pinned system; nil before the first logon.
    package func systemPin() async throws -> SystemPin? {
        try await database.read { sql in
            try sql.first("SELECT system_pin FROM agent")?.optionalText(0).flatMap(SystemPin.init(text:))
        }
    }

    /// Gives a spool that is new the system that was pinned before it.
    package func recall(_ system: SystemPin) async throws {
        _ = try await database.write { sql in
            try sql.execute("UPDATE agent SET system_pin = ? WHERE system_pin IS NULL", [.text(system.text)])
        }
    }

    /// Compares a system with the pinned one; the first one met is pinned.
    ///
    /// A difference is written down and told once by a notice; it stands until ``acceptSystem()``, or until the
    /// pinned system is met again.
    /// - Returns: whether it is the pinned system.
    package func meet(_ system: SystemPin) async throws -> Bool {
        let now = clock.now
        return try await database.write { sql in
            let row = try sql.first("SELECT system_pin, system_met FROM agent")
            guard let pinned = try row?.optionalText(0).flatMap(SystemPin.init(text:)) else {
                try sql.execute("UPDATE agent SET system_pin = ?, system_met = NULL", [.text(system.text)])
                return true
            }
            guard pinned != system else {
                try sql.execute("UPDATE agent SET system_met = NULL WHERE system_met IS NOT NULL")
                return true
            }
            if try row?.optionalText(1) != system.text {
                try sql.execute("UPDATE agent SET system_met = ?", [.text(system.text)])
                try sql.notice(
                    "connector.system_changed", "\(pinned.summary) is pinned, \(system.summary) was met.",
                    at: now)
            }
            return false
        }
    }

    /// Pins the system that was met instead of the pinned one.
    /// - Returns: the system, nil when none stands to be accepted.
    package func acceptSystem() async throws -> SystemPin? {
        try await database.write { sql in
            let met = try sql.first("SELECT system_met FROM agent")?.optionalText(0)
            guard let met, let system = SystemPin(text: met) else { return nil }
            try sql.execute("UPDATE agent SET system_pin = system_met, system_met = NULL")
            return system
        }
    }
}
