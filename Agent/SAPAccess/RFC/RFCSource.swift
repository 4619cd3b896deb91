internal import Synchronization
internal import Values

/// SAP over RFC: the facade that feeds read through.
package final class RFCSource: SAPSource {
    private let pool: RFCWorkerPool
    private let backend: RFCBackend
    private let reader: TableReader
    private let allowList: AllowList
    private let hasTextClockOnly = Atomic(false)

    /// A source on a pool.
    ///
    /// - Parameter readers: function modules that read tables, the first that the system has is taken.
    package init(
        pool: RFCWorkerPool, allowList: AllowList,
        readers: [String] = ["RFC_READ_TABLE", "BBP_RFC_READ_TABLE"],
    ) {
        self.pool = pool
        self.allowList = allowList
        backend = RFCBackend(pool: pool)
        reader = TableReader(backend: backend, modules: readers)
    }

    /// SAP's clock and zone.
    ///
    /// Date and time from the row that STFC_STRUCTURE appends, the zone from RFC_SYSTEM_INFO, which has no clock
    /// (facts/sap-ecc-domain.md sections 1.7 and 3).
    package func sapNow() async throws -> SAPInstant {
        let local = try await clock()
        let zone = try SystemZone(try await systemRecord())
        return SAPInstant(local: local, offsetSeconds: zone.offsetSeconds)
    }

    /// What the logon, RFC_SYSTEM_INFO and the client's row of T000 tell.
    package func systemInformation() async throws -> SAPSystem {
        let (answer, attributes) = try await pool.ask(
            .call(function: Self.systemModule, parameters: [:], results: [Self.systemParameter]),
            what: Self.systemModule)
        guard case .record(let record) = answer.result else { throw SAPAccessError.missing(field: "RFCSI") }
        let system = try record.record(Self.systemParameter)
        let zone = try SystemZone(system)
        let (logicalSystem, role) = try await clientRow(attributes.client)
        return SAPSystem(
            systemID: try system.text("RFCSYSID"), client: attributes.client, logicalSystem: logicalSystem,
            clientRole: role, host: try system.text("RFCHOST"), release: try system.text("RFCSAPRL"),
            codePage: attributes.partnerCodePage, zoneSeconds: zone.seconds,
            daylightSaving: zone.isDaylightSaving, user: attributes.user)
    }

    /// All rows of a query, through the reader module; every column it names has to be allowed.
    package func readTable(_ query: TableQuery) async throws -> TableRows {
        try allowList.check(table: query.table, columns: query.columns + query.condition.columns.sorted())
        return try await reader.read(query)
    }

    /// One call; what is sent and what is asked for has to be allowed.
    package func call(
        _ function: String, _ parameters: RFCRecord, results: [String],
    ) async throws -> RFCRecord {
        try allowList.check(function: function, parameters: parameters.fields.keys.sorted() + results)
        return try await backend.callUnchecked(function, parameters, results: results)
    }

    /// The interface of a function module in this system, for `doctor`.
    package func interface(of function: String) async throws -> RFCFunctionDescription {
        try await backend.describe(function)
    }

    /// A table as this system's dictionary describes it, for `doctor`.
    package func definition(of table: String) async throws -> TableDefinition {
        try await reader.definition(of: table)
    }

    private static let systemModule = "RFC_SYSTEM_INFO"
    private static let systemParameter = "RFCSI_EXPORT"

    private func systemRecord() async throws -> RFCRecord {
        try await backend.callUnchecked(Self.systemModule, [:], results: [Self.systemParameter])
            .record(Self.systemParameter)
    }

    /// Asks the module that appends a typed row; a system or a user without it has the one that answers a text.
    private func clock() async throws -> LocalDateTime {
        guard !hasTextClockOnly.load(ordering: .relaxed) else { return try await textClock() }
        do {
            return try await rowClock()
        } catch SAPAccessError.rfc(let problem) where problem.isNotAuthorized || problem.key == "FU_NOT_FOUND"
        {
            // Remembered, since a refused module can cost the connection.
            hasTextClockOnly.store(true, ordering: .relaxed)
            return try await textClock()
        }
    }

    private func textClock() async throws -> LocalDateTime {
        let answer = try await backend.callUnchecked(
            "STFC_CONNECTION", ["REQUTEXT": .text("")], results: ["RESPTEXT"])
        let text = try answer.text("RESPTEXT")
        guard let now = Self.stamp(in: text) else {
            throw SAPAccessError.value(field: "RESPTEXT", text: text, expected: "a text with date and time")
        }
        return now
    }

    /// `... Date: YYYYMMDD   Time: HHMMSS ...` (facts/sap-ecc-domain.md section 3).
    static func stamp(in text: String) -> LocalDateTime? {
        let words = text.split(separator: " ")
        func value(after word: String) -> Substring? {
            guard let index = words.firstIndex(of: Substring(word)), index + 1 < words.count else {
                return nil
            }
            return words[index + 1]
        }
        guard let day = value(after: "Date:"), let clock = value(after: "Time:"),
            let date = LocalDate(sap: day), let time = TimeOfDay(sap: clock)
        else { return nil }
        return LocalDateTime(date, time)
    }

    private func rowClock() async throws -> LocalDateTime {
        let answer = try await backend.callUnchecked(
            "STFC_STRUCTURE", ["IMPORTSTRUCT": .record([:])], results: ["RFCTABLE"])
        guard let row = try answer.table("RFCTABLE").last, let date = try row.date("RFCDATE"),
            let time = try row.time("RFCTIME")
        else { throw SAPAccessError.missing(field: "RFCTABLE") }
        return LocalDateTime(date, time)
    }

    /// Logical system and role of the client; empty where the user may not read T000.
    private func clientRow(_ client: String) async throws -> (String, String) {
        do {
            let rows = try await reader.read(
                TableQuery(
                    table: "T000", columns: ["LOGSYS", "CCCATEGORY"],
                    condition: .compare("MANDT", .equal, .text(client))))
            guard let row = rows.first else { return ("", "") }
            return (try row.text("LOGSYS"), try row.text("CCCATEGORY"))
        } catch SAPAccessError.rfc(let problem) where problem.isNotAuthorized {
            return ("", "")
        }
    }
}

/// RFCSI-RFCTZONE, which is right-justified, and RFCSI-RFCDAYST.
struct SystemZone: Equatable {
    /// East of UTC, without daylight saving.
    let seconds: Int
    let isDaylightSaving: Bool

    init(_ system: RFCRecord) throws(SAPAccessError) {
        let text = try system.text("RFCTZONE")
        guard let seconds = Int(text.filter { $0 != " " }) else {
            throw .value(field: "RFCTZONE", text: text, expected: "a number of seconds")
        }
        self.seconds = seconds
        isDaylightSaving = try system.text("RFCDAYST") == "X"
    }

    /// East of UTC, as it is now.
    var offsetSeconds: Int { seconds + (isDaylightSaving ? 3600 : 0) }
}
