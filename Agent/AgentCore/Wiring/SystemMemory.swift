internal import Cryptography

/// The pinned system in both of its places: the spool, where it is compared, and the vault, which outlives it.
package struct SystemMemory: Sendable {
    private let vault: AgentVault
    private let spool: Spool

    package init(vault: AgentVault, spool: Spool) {
        self.vault = vault
        self.spool = spool
    }

    /// The pinned system; nil before the first logon of this installation.
    ///
    /// A spool that is new is told what the vault knows.
    package func pinned() async throws -> SystemPin? {
        if let pin = try await spool.systemPin() {
            try vault.set(Secret(pin.text), .system)
            return pin
        }
        guard let pin = try vault.secret(.system).flatMap({ SystemPin(text: $0.exposedText) }) else {
            return nil
        }
        try await spool.recall(pin)
        return pin
    }

    /// Compares a system with the pinned one; the first one met is pinned, in both places.
    /// - Returns: whether it is the pinned system.
    package func meet(_ system: SystemPin) async throws -> Bool {
        _ = try await pinned()
        guard try await spool.meet(system) else { return false }
        try vault.set(Secret(system.text), .system)
        return true
    }

    /// Pins the system that was met instead of the pinned one.
    /// - Returns: the system, nil when none stands to be accepted.
    package func accept() async throws -> SystemPin? {
        guard let system = try await spool.acceptSystem() else { return nil }
        try vault.set(Secret(system.text), .system)
        return system
    }
}
