internal import ConnectorProtocol
internal import SAPAccess
internal import Values

extension SAPFeedReader {
    /// What is known of one key on its way to an outcome.
    private struct Progress {
        let key: StampedKey
        var rows: [String: [FeedRow]] = [:]
        var called: Set<String> = []
        var outcome: DocumentOutcome?

        var scope: RecordScope { RecordScope(rows: rows) }
    }

    func read(
        _ keys: [StampedKey], _ assembler: DocumentAssembler, now: LocalDateTime,
    ) async -> [DocumentOutcome] {
        let loader = FeedLoader(definition: definition, source: source, now: now)
        let loaded = await loader.loadEach(keys.map(\.documentKey))
        let changes = await changes(keys, assembler.stream)
        var progress = keys.map { key in
            var one = Progress(key: key)
            do {
                let rows = try loaded[key.documentKey]?.get() ?? [:]
                one.rows = rows.merging(try changes[key]?.get() ?? [:]) { $1 }
                one.outcome = try assembler.early(one.scope)
            } catch {
                one.outcome = FeedFailure(error).outcome
            }
            return one
        }
        await call(for: &progress) { one in
            try self.definition.calls.filter { call in
                switch call.need {
                case .always: true
                case .matching(let matches): try one.scope.holds(matches)
                }
            }
        }
        assemble(&progress, assembler, isLast: false)
        // What is still open has a number that was cut off: the function modules that were spared give it.
        await call(for: &progress) { one in self.definition.calls.filter { !one.called.contains($0.name) } }
        assemble(&progress, assembler, isLast: true)
        return progress.map { $0.outcome ?? .notVisible }
    }

    private func assemble(_ progress: inout [Progress], _ assembler: DocumentAssembler, isLast: Bool) {
        for index in progress.indices where progress[index].outcome == nil {
            do {
                progress[index].outcome = try assembler.facts(progress[index].key, progress[index].scope)
            } catch SAPAccessError.cut where !isLast {
                continue
            } catch {
                progress[index].outcome = FeedFailure(error).outcome
            }
        }
    }

    /// Calls what `calls` names for each open document, several documents at the same time.
    private func call(
        for progress: inout [Progress], _ calls: (Progress) throws -> [FunctionCall],
    ) async {
        var work: [(index: Int, calls: [FunctionCall])] = []
        for index in progress.indices where progress[index].outcome == nil {
            do {
                let needed = try calls(progress[index])
                if !needed.isEmpty { work.append((index, needed)) }
            } catch {
                progress[index].outcome = FeedFailure(error).outcome
            }
        }
        let caller = FunctionCaller(source: source)
        await withTaskGroup(of: (Int, Result<[String: [FeedRow]], FeedFailure>).self) { group in
            var waiting = work[...]
            for item in waiting.prefix(Self.callsAtOnce) {
                let scope = progress[item.index].scope
                group.addTask { (item.index, await caller.results(of: item.calls, scope)) }
            }
            waiting = waiting.dropFirst(Self.callsAtOnce)
            for await (index, result) in group {
                switch result {
                case .success(let rows): progress[index].rows.merge(rows) { $1 }
                case .failure(let failure): progress[index].outcome = failure.outcome
                }
                if let item = waiting.popFirst() {
                    let scope = progress[item.index].scope
                    group.addTask { (item.index, await caller.results(of: item.calls, scope)) }
                }
            }
        }
        for item in work { progress[item.index].called.formUnion(item.calls.map(\.name)) }
    }

    /// Header and items of the change documents that the keys name.
    private func changes(
        _ keys: [StampedKey], _ stream: StreamDefinition,
    ) async -> [StampedKey: Result<[String: [FeedRow]], FeedFailure>] {
        guard case .changeDocuments(let objectClass) = stream.search, !keys.isEmpty else { return [:] }
        do {
            return try await changes(keys, objectClass)
        } catch {
            return await FeedFailure(error).parted(keys, source) { await changes([$0], stream) }
        }
    }

    private func changes(
        _ keys: [StampedKey], _ objectClass: String,
    ) async throws -> [StampedKey: Result<[String: [FeedRow]], FeedFailure>] {
        let headers = try await changeHeaders(keys, objectClass)
        let rows = try await source.readTable(
            ChangeDocuments.query(
                table: ChangeDocuments.itemTable, columns: ChangeDocuments.itemColumns,
                objectClass: objectClass, keys: keys))
        var items: [[String]: [TableRow]] = [:]
        for row in rows {
            items[[try row.text("OBJECTID"), try row.text("CHANGENR")], default: []].append(row)
        }
        var results: [StampedKey: Result<[String: [FeedRow]], FeedFailure>] = [:]
        for key in keys {
            guard let header = headers[key], let version = key.version else {
                results[key] = .failure(.notVisible)
                continue
            }
            let own = items[[key.documentKey, ChangeDocuments.number(version)]] ?? []
            results[key] = .success([
                FeedDefinition.changeRows: [header],
                FeedDefinition.changeItemRows: try Self.inOrder(own),
            ])
        }
        return results
    }

    private func changeHeaders(
        _ keys: [StampedKey], _ objectClass: String,
    ) async throws -> [StampedKey: FeedRow] {
        var headers: [StampedKey: FeedRow] = [:]
        for key in keys { headers[key] = ChangeDocuments.header(of: key, objectClass: objectClass) }
        let missing = keys.filter { headers[$0] == nil }
        guard !missing.isEmpty else { return headers }
        let rows = try await source.readTable(
            ChangeDocuments.query(
                table: ChangeDocuments.headerTable, columns: ChangeDocuments.headerColumns,
                objectClass: objectClass, keys: missing))
        let wanted = Set(missing)
        for row in rows {
            if let key = try ChangeDocuments.key(row), wanted.contains(key) { headers[key] = .table(row) }
        }
        return headers
    }

    /// By table, row and column, so that the same change document always makes the same record.
    private static func inOrder(_ rows: [TableRow]) throws -> [FeedRow] {
        var keyed: [(row: TableRow, key: [String])] = []
        for row in rows {
            keyed.append((row, try ["TABNAME", "TABKEY", "FNAME", "CHNGIND"].map { try row.text($0) }))
        }
        keyed.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return keyed.map { .table($0.row) }
    }
}
