import AgentCore
import SAPAccess
import Synchronization
import Values

/// A SAP of tables in memory: it answers what the table reader would, in another order at each call, and lets
/// no feed read more than its own file says.
final class InMemorySAP: SAPSource {
    typealias Row = [String: String]

    struct Content: Sendable {
        var now: LocalDateTime
        var tables: [String: [Row]] = [:]
        /// Answers of function modules by name and first argument.
        var answers: [String: RFCRecord] = [:]
        /// What a read of a table, or a call of a module, fails with.
        var failures: [String: SAPAccessError] = [:]
        /// What a read of a table by its stamps fails with.
        var keyFailures: [String: SAPAccessError] = [:]
        /// A read that finds this value fails.
        var poison: String?
        var poisonError = SAPAccessError.rfc(
            RFCError(operation: "RFC_READ_TABLE", origin: .call, code: .abapRuntimeFailure, key: "X"))
        /// SAP is gone once it has read so many tables.
        var readsUntilGone = Int.max
        /// Tables read and modules called, in order.
        var log: [String] = []
        var reads: Int = 0
    }

    let content: Mutex<Content>
    private let allowed: AllowList

    init(now: LocalDateTime, allowed: AllowList) {
        content = Mutex(Content(now: now))
        self.allowed = allowed
    }

    /// Commits rows.
    func put(_ table: String, _ rows: Row...) {
        content.withLock { $0.tables[table, default: []] += rows }
    }

    /// Changes a row in place.
    func change(_ table: String, where column: String, is value: String, _ edit: (inout Row) -> Void) {
        content.withLock { content in
            guard var rows = content.tables[table] else { return }
            for index in rows.indices where rows[index][column] == value { edit(&rows[index]) }
            content.tables[table] = rows
        }
    }

    var log: [String] { content.withLock { $0.log } }

    func sapNow() async throws -> SAPInstant {
        try content.withLock { content in
            if let failure = content.failures["now"] { throw failure }
            if content.reads >= content.readsUntilGone { throw Self.gone }
            return SAPInstant(local: content.now, offsetSeconds: 3_600)
        }
    }

    func systemInformation() async throws -> SAPSystem {
        SAPSystem(
            systemID: "PRD", client: "100", logicalSystem: "PRDCLNT100", clientRole: "P", host: "sap",
            release: "740", codePage: "4103", zoneSeconds: 3_600, daylightSaving: false, user: "MLCONNECT")
    }

    func readTable(_ query: TableQuery) async throws -> TableRows {
        try allowed.check(table: query.table, columns: Set(query.columns).union(query.condition.columns))
        return try content.withLock { content in
            content.log.append(query.table)
            guard content.reads < content.readsUntilGone else { throw Self.gone }
            content.reads += 1
            if let failure = content.failures[query.table] { throw failure }
            if let failure = content.keyFailures[query.table], Self.isStamped(query.condition) {
                throw failure
            }
            let keys = Self.keys[query.table] ?? []
            let names = keys + query.columns.filter { !keys.contains($0) }
            var rows = (content.tables[query.table] ?? []).filter { Self.holds(query.condition, $0) }
            if let poison = content.poison, rows.contains(where: { $0.values.contains(poison) }) {
                throw content.poisonError
            }
            // Order means nothing: every second read comes backwards.
            if content.reads.isMultiple(of: 2) { rows.reverse() }
            return TableRows(
                table: query.table,
                columns: names.map { TableColumn(name: $0, isKey: false, type: "CHAR", length: 1) },
                texts: rows.map { row in names.map { Self.trimmed(row[$0] ?? "") } })
        }
    }

    func call(_ function: String, _ parameters: RFCRecord, results: [String]) async throws -> RFCRecord {
        try allowed.check(function: function, parameters: Array(parameters.fields.keys) + results)
        return try content.withLock { content in
            content.log.append(function)
            if let failure = content.failures[function] { throw failure }
            let keys = parameters.fields.values.compactMap { value in
                if case .text(let text) = value { text } else { nil }
            }
            for key in keys.sorted() {
                if let answer = content.answers["\(function) \(key)"] { return answer }
            }
            return ["RETURN": .table([])]
        }
    }

    private static let gone = SAPAccessError.workerLost(reason: "the connection was reset")

    private static let keys: [String: [String]] = [
        "EKKO": ["EBELN"], "EKPO": ["EBELN", "EBELP"], "EKET": ["EBELN", "EBELP", "ETENR"],
        "CDHDR": ["OBJECTCLAS", "OBJECTID", "CHANGENR"],
        "CDPOS": ["OBJECTCLAS", "OBJECTID", "CHANGENR", "TABNAME", "TABKEY", "FNAME", "CHNGIND"],
        "RBKP": ["BELNR", "GJAHR"], "RSEG": ["BELNR", "GJAHR", "BUZEI"], "BKPF": ["BUKRS", "BELNR", "GJAHR"],
        "LFA1": ["LIFNR"], "T024": ["EKGRP"], "USR21": ["BNAME"], "TCURX": ["CURRKEY"],
    ]

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }

    private static func holds(_ condition: TableCondition, _ row: Row) -> Bool {
        switch condition {
        case .everything: return true
        case .all(let parts): return parts.allSatisfy { holds($0, row) }
        case .oneOf(let column, let values): return values.contains { text($0) == row[column] ?? "" }
        case .stamped(let date, let time, let from, let through):
            let stamp = (row[date] ?? "") + (time.map { row[$0] ?? "" } ?? "")
            let low = time == nil ? from.date.sapText : from.sapText
            let high = time == nil ? through.date.sapText : through.sapText
            return low <= stamp && stamp <= high
        case .compare(let column, let comparison, let literal):
            let value = row[column] ?? ""
            let wanted = text(literal)
            switch comparison {
            case .equal: return value == wanted
            case .notEqual: return value != wanted
            case .atLeast: return value >= wanted
            case .atMost: return value <= wanted
            case .greater: return value > wanted
            case .less: return value < wanted
            }
        }
    }

    private static func isStamped(_ condition: TableCondition) -> Bool {
        switch condition {
        case .stamped: true
        case .all(let parts): parts.contains(where: isStamped)
        case .everything, .compare, .oneOf: false
        }
    }

    private static func text(_ literal: TableLiteral) -> String {
        switch literal {
        case .text(let text): text
        case .date(let date): date.sapText
        case .time(let time): time.sapText
        }
    }
}
