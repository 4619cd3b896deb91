import Values

/// What a table reader needs of an RFC connection; the pool gives it.
package protocol TableBackend: Sendable {
    /// The interface of a module in the connected system.
    func describe(_ function: String) async throws -> RFCFunctionDescription
    /// A call that is checked by nobody: for modules that the access itself needs.
    func callUnchecked(_ function: String, _ parameters: RFCRecord, results: [String]) async throws
        -> RFCRecord
    /// One call of a reader module.
    func readBlock(_ call: TableCall) async throws -> TableBlock
}

/// Reads tables through RFC_READ_TABLE or a relative of it, completely or not at all (DESIGN 4.3, 4.4).
///
/// Asks the dictionary for types, splits wide reads over the key and joins them by it, and splits closed ranges
/// when a call brings more rows than the limit. ROWSKIPS is never used.
package final class TableReader: Sendable {
    /// Characters of a row that a classic reader module returns.
    static let rowWidth = 512
    /// Values of one IN list.
    static let listLimit = 50
    /// How often one range may be split: far beyond what a table of any size needs.
    static let splitLimit = 64

    let backend: any TableBackend
    private let cache: TableCache

    /// `modules` are tried in order until the system has one; RFC_READ_TABLE first is the usual choice.
    package init(
        backend: any TableBackend, modules: [String] = ["RFC_READ_TABLE", "BBP_RFC_READ_TABLE"],
    ) {
        self.backend = backend
        cache = TableCache(modules: modules)
    }

    /// Reads all rows of a query.
    /// - Throws: `SAPAccessError`; rows are never left out in silence.
    package func read(_ query: TableQuery) async throws -> TableRows {
        let definition = try await definition(of: query.table)
        let projections = try Projections(query: query, of: definition)
        var rows = TableRows(table: query.table, columns: projections.columns)
        let module = try await module()
        do {
            for piece in query.condition.pieces(listLimit: Self.listLimit) {
                try await read(
                    piece, query, definition, projections, module: module, into: &rows,
                    splits: Self.splitLimit)
            }
        } catch SAPAccessError.rfc(let problem) where problem.code == .abapException {
            // A column may have gone, or have become longer, since the dictionary was asked.
            cache.forget(query.table)
            throw SAPAccessError.rfc(problem)
        }
        return rows
    }

    /// The table as the connected system's dictionary describes it; asked once, then remembered.
    package func definition(of table: String) async throws -> TableDefinition {
        if let known = cache.definition(of: table) { return known }
        let answer = try await backend.callUnchecked(
            "DDIF_FIELDINFO_GET", ["TABNAME": .text(table)], results: ["DFIES_TAB"])
        let definition = try TableDefinition(name: table, dfies: try answer.table("DFIES_TAB"))
        guard !definition.columns.isEmpty else {
            throw SAPAccessError.selection(table: table, problem: "the dictionary lists no columns")
        }
        cache.remember(definition)
        return definition
    }

    /// The first module of the list that this system has with the parameters that are needed of it.
    private func module() async throws -> String {
        if let known = cache.module { return known }
        var last: any Error = SAPAccessError.interface(function: "RFC_READ_TABLE", missing: "DATA")
        for candidate in cache.modules {
            do {
                let description = try await backend.describe(candidate)
                for name in ["QUERY_TABLE", "ROWCOUNT", "OPTIONS", "FIELDS", "DATA"]
                where description.parameter(name) == nil {
                    throw SAPAccessError.interface(function: candidate, missing: name)
                }
                cache.choose(candidate)
                return candidate
            } catch SAPAccessError.rfc(let problem) where problem.key == "FU_NOT_FOUND" {
                last = SAPAccessError.rfc(problem)
            } catch SAPAccessError.interface(let function, let missing) {
                last = SAPAccessError.interface(function: function, missing: missing)
            }
        }
        throw last
    }

    /// Reads one closed range: as it is, or its halves where it holds more rows than the limit.
    private func read(
        _ condition: TableCondition, _ query: TableQuery, _ definition: TableDefinition,
        _ projections: Projections, module: String, into rows: inout TableRows, splits: Int,
    ) async throws {
        var parts: [TableBlock] = []
        let options = try OptionsClause.rows(for: condition, of: definition)
        for columns in projections.parts {
            let block = try await backend.readBlock(
                TableCall(
                    module: module, table: query.table, columns: columns, options: options,
                    rowCount: query.rowLimit + 1))
            guard block.rowCount <= query.rowLimit else {
                // Discarded, and not a page: without an order nobody knows which rows these are.
                guard splits > 0,
                    let halves = condition.halves(
                        by: definition.keys.map(\.name), sample: Sample(block, columns))
                else { throw SAPAccessError.tooDense(table: query.table, limit: query.rowLimit) }
                for half in halves {
                    try await read(
                        half, query, definition, projections, module: module, into: &rows, splits: splits - 1)
                }
                return
            }
            parts.append(block)
        }
        rows.append(projections.joined(parts))
    }
}
