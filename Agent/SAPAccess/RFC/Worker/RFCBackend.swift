/// What the table reader and the source need of the pool: calls that nobody checks.
package struct RFCBackend: TableBackend {
    private let pool: RFCWorkerPool

    package init(pool: RFCWorkerPool) { self.pool = pool }

    /// The interface of a module in the connected system.
    package func describe(_ function: String) async throws -> RFCFunctionDescription {
        let answer = try await pool.ask(.describe(function: function), what: function).answer
        guard case .description(let description) = answer.result else { throw Self.nonsense(function) }
        return description
    }

    /// A call that is checked by nobody: for modules that the access itself needs.
    package func callUnchecked(
        _ function: String, _ parameters: RFCRecord, results: [String],
    ) async throws -> RFCRecord {
        let answer = try await pool.ask(
            .call(function: function, parameters: parameters, results: results), what: function
        ).answer
        guard case .record(let record) = answer.result else { throw Self.nonsense(function) }
        return record
    }

    /// One call of a reader module.
    package func readBlock(_ call: TableCall) async throws -> TableBlock {
        let what = "\(call.module) of \(call.table)"
        do {
            let answer = try await pool.ask(.readBlock(call), what: what).answer
            guard case .rows = answer.result, let rows = answer.rows,
                rows.columnCount == call.columns.count
            else { throw Self.nonsense(call.module) }
            return rows
        } catch SAPAccessError.rfc(var error) where error.operation == call.module {
            // The module alone does not say what the technical user lacks.
            error.operation = what
            throw SAPAccessError.rfc(error)
        }
    }

    private static func nonsense(_ what: String) -> SAPAccessError {
        .workerLost(reason: "it spoke nonsense during \(what)")
    }
}
