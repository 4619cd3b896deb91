package import SAPAccess

/// The SAP system that this agent belongs to, as it was met first (DESIGN 4.6): a copy of it, another client or a
/// changed role is another system, and nothing is read there before a person accepts it.
package struct SystemPin: Equatable, Sendable {
    package var systemID: String
    package var client: String
    package var logicalSystem: String
    package var clientRole: String
    package var host: String

    /// What is pinned of a system.
    package init(_ system: SAPSystem) {
        systemID = system.systemID
        client = system.client
        logicalSystem = system.logicalSystem
        clientRole = system.clientRole
        host = system.host
    }

    /// Reads a pin from the spool; nil for a damaged one.
    package init?(text: String) {
        let fields = FieldList.decode(text)
        guard fields.count == 5 else { return nil }
        systemID = fields[0]
        client = fields[1]
        logicalSystem = fields[2]
        clientRole = fields[3]
        host = fields[4]
    }

    /// As the spool holds it.
    package var text: String { FieldList.encode([systemID, client, logicalSystem, clientRole, host]) }

    /// `/sap/PRD/100`: the source of every event, part of its id.
    package var source: String { "/sap/\(systemID)/\(client)" }

    /// For a person: `PRD client 100 (PRDCLNT100, role P) on sapprd01`.
    package var summary: String {
        "\(systemID) client \(client) (\(logicalSystem.isEmpty ? "no logical system" : logicalSystem), role "
            + "\(clientRole.isEmpty ? "unknown" : clientRole)) on \(host)"
    }
}
