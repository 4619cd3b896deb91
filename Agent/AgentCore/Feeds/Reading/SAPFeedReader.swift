internal import ConnectorProtocol
package import SAPAccess
internal import Synchronization
package import Values

/// Reads one feed of documents from SAP, as its definition says.
package final class SAPFeedReader: FeedReader {
    package let definition: FeedDefinition
    let document: FeedDefinition.Document
    let masters: [FeedDefinition]
    let source: any SAPSource
    private let currencies: CurrencyTable
    private let lastInstant = Mutex<SAPInstant?>(nil)

    /// Calls of function modules for one chunk of documents at the same time; the pool's budget bounds them
    /// too.
    static let callsAtOnce = 4

    /// A reader of a feed of documents; nil for a master's feed.
    /// - Parameters:
    ///   - masters: feeds of the masters that its documents name.
    ///   - currencies: shared by all readers of a system.
    package init?(
        definition: FeedDefinition, masters: [FeedDefinition], source: any SAPSource,
        currencies: CurrencyTable,
    ) {
        guard let document = definition.document else { return nil }
        self.definition = definition
        self.document = document
        self.masters = masters
        self.source = source
        self.currencies = currencies
    }

    /// The definition's name and streams.
    package var feed: String { definition.name }
    package var streams: [FeedStream] { document.streams.map(\.stream) }

    /// SAP's clock, which is kept for what does not hang on the second.
    package func sapNow() async throws -> SAPInstant {
        let instant = try await source.sapNow()
        lastInstant.withLock { $0 = instant }
        return instant
    }

    /// One read of the table with the stamps, or of CDHDR.
    package func keys(
        stream: String, from: LocalDateTime, through: LocalDateTime,
    ) async throws -> [StampedKey] {
        guard let search = document.streams.first(where: { $0.stream.name == stream })?.search else {
            return []
        }
        var keys: Set<StampedKey> = []
        switch search {
        case .changeDocuments(let objectClass):
            let query = ChangeDocuments.query(objectClass: objectClass, from: from, through: through)
            for row in try await source.readTable(query) {
                if let key = try ChangeDocuments.key(row) { keys.insert(key) }
            }
        case .entryStamp:
            let columns =
                definition.header.key.map(\.name) + [document.date] + [document.time].compactMap(\.self)
            let stamped = TableCondition.stamped(
                date: document.date, time: document.time, from: from, through: through)
            let query = TableQuery(
                table: definition.header.table, columns: columns,
                condition: .all(definition.header.filters.map(\.condition) + [stamped]))
            for row in try await source.readTable(query) {
                guard let stamp = try row.foundStamp(date: document.date, time: document.time) else {
                    continue
                }
                keys.insert(StampedKey(documentKey: try definition.documentKey(row), stamp: stamp))
            }
        }
        return keys.sorted {
            ($0.stamp, $0.documentKey, $0.version ?? "") < ($1.stamp, $1.documentKey, $1.version ?? "")
        }
    }

    /// One read of each table for all keys together, then function modules for those that need them.
    package func read(_ keys: [StampedKey], stream: String) async -> [DocumentOutcome] {
        guard let definition = document.streams.first(where: { $0.stream.name == stream }) else {
            let sentence = "the feed \(feed) has no stream \(stream) any more."
            return keys.map { _ in .failed(errorClass: "feed_wrong", sentence: sentence) }
        }
        do {
            let now = try await instant()
            let assembler = DocumentAssembler(
                definition: self.definition, document: document, stream: definition,
                offsetSeconds: now.offsetSeconds, decimals: try await decimals(on: now.local.date))
            return await read(keys, assembler, now: now.local)
        } catch {
            let outcome = FeedFailure(error).outcome
            return keys.map { _ in outcome }
        }
    }

    /// SAP's clock as it was last read, for what does not hang on the second.
    func instant() async throws -> SAPInstant {
        if let known = lastInstant.withLock({ $0 }) { return known }
        return try await sapNow()
    }

    private func decimals(on day: LocalDate) async throws -> [String: Int] {
        guard definition.header.currency != nil else { return [:] }
        return try await currencies.decimals(on: day)
    }
}
