internal import SAPAccess

/// Calls function modules for one document and reads their messages.
struct FunctionCaller: Sendable {
    let source: any SAPSource

    /// The rows that the calls bring, by the names that the feed gives them.
    func results(
        of calls: [FunctionCall], _ scope: RecordScope,
    ) async -> Result<[String: [FeedRow]], FeedFailure> {
        var found: [String: [FeedRow]] = [:]
        do {
            for call in calls { found.merge(try await results(of: call, scope)) { $1 } }
            return .success(found)
        } catch {
            return .failure(FeedFailure(error))
        }
    }

    private func results(of call: FunctionCall, _ scope: RecordScope) async throws -> [String: [FeedRow]] {
        var parameters = RFCRecord()
        for (name, argument) in call.arguments {
            switch argument {
            case .column(let column): parameters[name] = .text(try scope.text(column))
            case .value(let value): parameters[name] = .text(value)
            }
        }
        let names = call.results.keys.sorted() + [call.messages]
        let answer = try await source.call(call.function, parameters, results: names)
        try check(answer[call.messages], of: call)
        var found: [String: [FeedRow]] = [:]
        for (parameter, rows) in call.results {
            switch answer[parameter] {
            case .table(let records): found[rows] = records.map(FeedRow.record)
            case .record(let record): found[rows] = [.record(record)]
            default: throw SAPAccessError.missing(field: "\(call.function)-\(parameter)")
            }
        }
        guard found.isEmpty || !found.values.allSatisfy({ $0.allSatisfy(\.isInitial) }) else {
            throw FeedFailure.failed(
                errorClass: "detail_empty",
                sentence: "\(call.function) brings nothing of the document, and no reason. Look at it in SAP."
            )
        }
        return found
    }

    /// A call that came back is a failure all the same where a message has type E or A.
    private func check(_ messages: RFCValue?, of call: FunctionCall) throws {
        let records: [RFCRecord] =
            switch messages {
            case .table(let records): records
            case .record(let record): [record]
            default: []
            }
        for record in records {
            guard ["E", "A"].contains(try record.text("TYPE")) else { continue }
            let number = "\((try? record.text("ID")) ?? "")/\((try? record.text("NUMBER")) ?? "")"
            if call.notFound.contains(number) { throw FeedFailure.notVisible }
            let text = (try? record.text("MESSAGE")) ?? ""
            throw FeedFailure.failed(
                errorClass: "rejected",
                sentence: "\(call.function) refuses the document: \(text) (\(number)). "
                    + "Look at it in SAP, or give the technical user the authorisation to display it.")
        }
    }
}
