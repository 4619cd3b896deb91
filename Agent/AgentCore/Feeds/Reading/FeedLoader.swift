internal import SAPAccess
internal import Values

/// Reads headers and dependent rows of several documents or masters together: one read per table.
struct FeedLoader: Sendable {
    let definition: FeedDefinition
    let source: any SAPSource
    /// SAP's clock, for rows that are good for a time only.
    let now: LocalDateTime

    /// Name of the row that holds the document key itself, for tables that keep it as one text (BKPF-AWKEY).
    static let documentRows = "document"
    static let keyColumn = "KEY"

    /// Rows by document key; a key that SAP does not show is absent.
    /// - Throws: `SAPAccessError`; reads that are optional fail in silence where SAP refuses them.
    func load(_ documentKeys: [String]) async throws -> [String: [String: [FeedRow]]] {
        var documents = try await headers(documentKeys)
        for read in definition.reads {
            do {
                try await load(read, into: &documents)
            } catch let error as SAPAccessError where read.isOptional && !error.concernsConnection {
                continue
            }
        }
        return documents
    }

    /// Rows by document key, and the failure of each document that could not be read.
    func loadEach(_ documentKeys: [String]) async -> [String: Result<[String: [FeedRow]], FeedFailure>] {
        let keys = Array(Set(documentKeys)).sorted()
        do {
            let loaded = try await load(keys)
            return Dictionary(
                uniqueKeysWithValues: keys.map { key in
                    (key, loaded[key].map { .success($0) } ?? .failure(.notVisible))
                })
        } catch {
            return await FeedFailure(error).parted(keys, source) { await loadEach([$0]) }
        }
    }

    private func headers(_ documentKeys: [String]) async throws -> [String: [String: [FeedRow]]] {
        let rows = try await source.readTable(
            TableQuery(
                table: definition.header.table, columns: definition.columns(of: FeedDefinition.headerRows),
                condition: definition.condition(on: documentKeys)))
        let wanted = Set(documentKeys)
        var documents: [String: [String: [FeedRow]]] = [:]
        for row in rows {
            let key = try definition.documentKey(row)
            guard wanted.contains(key) else { continue }
            documents[key] = [
                FeedDefinition.headerRows: [.table(row)],
                Self.documentRows: [.record([Self.keyColumn: .text(key)])],
            ]
        }
        return documents
    }

    private func load(_ read: TableRead, into documents: inout [String: [String: [FeedRow]]]) async throws {
        var tuplesOfDocument: [String: Set<[String]>] = [:]
        var all: Set<[String]> = []
        for (key, rows) in documents {
            guard try RecordScope(rows: rows).holds(read.when) else { continue }
            let tuples = try tuples(read, rows)
            tuplesOfDocument[key] = tuples
            all.formUnion(tuples)
        }
        guard !all.isEmpty else { return }
        var conditions = read.filters.map(\.condition)
        for (index, pair) in read.by.enumerated() {
            conditions.append(.oneOf(pair.column, Set(all.map { $0[index] }).sorted().map(TableLiteral.text)))
        }
        let rows = try await source.readTable(
            TableQuery(
                table: read.table, columns: definition.columns(of: read.name), condition: .all(conditions)))
        var found: [[String]: [TableRow]] = [:]
        for row in rows {
            var tuple: [String] = []
            for pair in read.by { tuple.append(try row.text(pair.column)) }
            found[tuple, default: []].append(row)
        }
        for (key, tuples) in tuplesOfDocument {
            let own = tuples.flatMap { found[$0] ?? [] }
            let scope = RecordScope(rows: documents[key] ?? [:])
            documents[key]?[read.name] = try sorted(kept(own, read, scope), by: read.order)
        }
    }

    /// What SAP is asked by for one document; a first part that is blank names nothing.
    private func tuples(_ read: TableRead, _ rows: [String: [FeedRow]]) throws -> Set<[String]> {
        guard let parent = read.by.first?.other.rows else { return [] }
        var tuples: Set<[String]> = []
        for row in rows[parent] ?? [] {
            var tuple: [String] = []
            for pair in read.by { tuple.append(try row.text(pair.other.column)) }
            if tuple.first?.isEmpty == false { tuples.insert(tuple) }
        }
        return tuples
    }

    private func kept(_ rows: [TableRow], _ read: TableRead, _ scope: RecordScope) throws -> [TableRow] {
        let partners = try partners(read, scope)
        return try rows.filter { row in
            if read.valid.count == 2 {
                let from = try row.text(read.valid[0])
                let until = try row.text(read.valid[1])
                guard Self.isInitial(from) || from <= now.sapText,
                    Self.isInitial(until) || now.sapText <= until
                else { return false }
            }
            guard let partners else { return true }
            return partners.contains(try read.match.map { try row.text($0.column) })
        }
    }

    /// What rows must agree with to stay; nil where the read compares with nothing.
    private func partners(_ read: TableRead, _ scope: RecordScope) throws -> Set<[String]>? {
        guard let other = read.match.first?.other.rows else { return nil }
        var found: Set<[String]> = []
        for candidate in scope.rows[other] ?? [] {
            if !read.unless.isEmpty, try scope.at(candidate, of: other).holds(read.unless) { continue }
            found.insert(try read.match.map { try candidate.text($0.other.column) })
        }
        return found
    }

    private static func isInitial(_ stamp: String) -> Bool {
        stamp.utf8.allSatisfy { $0 == 0x30 || $0 == 0x20 }
    }

    /// In the feed's order, and then by all columns: SAP's own order means nothing, and equal rows must give
    /// equal records.
    private func sorted(_ rows: [TableRow], by order: [TableRead.Order]) throws -> [FeedRow] {
        let columns = rows.first?.columns.map(\.name) ?? []
        var keyed: [(row: TableRow, first: [String], rest: [String])] = []
        for row in rows {
            keyed.append(
                (row, try order.map { try row.text($0.column) }, try columns.map { try row.text($0) }))
        }
        keyed.sort { a, b in
            for (index, column) in order.enumerated() where a.first[index] != b.first[index] {
                return (a.first[index] < b.first[index]) != column.isDescending
            }
            return a.rest.lexicographicallyPrecedes(b.rest)
        }
        return keyed.map { .table($0.row) }
    }
}

extension ColumnFilter {
    /// As SAP evaluates it.
    var condition: TableCondition {
        values.count == 1
            ? .compare(column, .equal, .text(values[0])) : .oneOf(column, values.map(TableLiteral.text))
    }
}
