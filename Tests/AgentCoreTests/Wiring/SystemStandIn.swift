import SAPAccess
import Synchronization
import Values

/// A SAP that only says who it is, or refuses to.
final class SystemStandIn: SAPSource {
    struct Content: Sendable {
        var system: SAPSystem
        var error: SAPAccessError?
        var asked = 0
    }
    let content: Mutex<Content>

    init(role: String = "P", host: String = "sapprd01") {
        content = Mutex(Content(system: Self.system(role: role, host: host)))
    }

    static func system(role: String = "P", host: String = "sapprd01", systemID: String = "PRD") -> SAPSystem {
        SAPSystem(
            systemID: systemID, client: "100", logicalSystem: "PRDCLNT100", clientRole: role, host: host,
            release: "740", codePage: "4103", zoneSeconds: 3_600, daylightSaving: false, user: "ML_AGENT")
    }

    func systemInformation() async throws -> SAPSystem {
        try content.withLock { content in
            content.asked += 1
            if let error = content.error { throw error }
            return content.system
        }
    }

    func sapNow() async throws -> SAPInstant { throw SAPAccessError.shutDown }
    func readTable(_ query: TableQuery) async throws -> TableRows { throw SAPAccessError.shutDown }
    func call(_ function: String, _ parameters: RFCRecord, results: [String]) async throws -> RFCRecord {
        throw SAPAccessError.shutDown
    }
}
