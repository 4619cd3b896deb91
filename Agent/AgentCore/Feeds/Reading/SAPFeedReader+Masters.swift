internal import ConnectorProtocol
internal import Cryptography
internal import SAPAccess
internal import Values

extension SAPFeedReader {
    /// Reads each kind of master together; SAP's clock before and after bounds when they were so.
    package func readMasters(_ references: [MasterReference]) async -> [MasterOutcome] {
        var outcomes: [MasterReference: MasterOutcome] = [:]
        for definition in masters {
            let keys = references.filter { $0.feed == definition.name }.map(\.key)
            guard !keys.isEmpty else { continue }
            for (key, outcome) in await read(definition, keys) {
                outcomes[MasterReference(feed: definition.name, key: key)] = outcome
            }
        }
        return references.map { outcomes[$0] ?? .absent }
    }

    private func read(_ definition: FeedDefinition, _ keys: [String]) async -> [String: MasterOutcome] {
        do {
            let begun = try await sapNow()
            let loader = FeedLoader(definition: definition, source: source, now: begun.local)
            let loaded = await loader.loadEach(keys)
            let ended = try await sapNow()
            var outcomes: [String: MasterOutcome] = [:]
            for (key, result) in loaded {
                do {
                    let draft = try Self.draft(definition, key, try result.get(), begun: begun, ended: ended)
                    outcomes[key] = .read(draft)
                } catch {
                    outcomes[key] = Self.outcome(FeedFailure(error))
                }
            }
            return outcomes
        } catch {
            let outcome = Self.outcome(FeedFailure(error))
            return Dictionary(keys.map { ($0, outcome) }) { first, _ in first }
        }
    }

    private static func outcome(_ failure: FeedFailure) -> MasterOutcome {
        switch failure {
        case .notVisible: .absent
        case .failed(let errorClass, let sentence): .failed(errorClass: errorClass, sentence: sentence)
        }
    }

    /// A reading: what the master is, and between which moments it was so.
    private static func draft(
        _ definition: FeedDefinition, _ key: String, _ rows: [String: [FeedRow]], begun: SAPInstant,
        ended: SAPInstant,
    ) throws -> DraftEvent {
        let scope = RecordScope(rows: rows)
        guard let type = definition.types.first, let schema = definition.schemas[type],
            let from = instant(begun, movedBy: -margin), let until = instant(ended, movedBy: margin)
        else {
            throw SAPAccessError.value(
                field: "time", text: "\(begun.local)", expected: "a time of our calendar")
        }
        let record = try RecordBuilder(scope: scope, decimals: 2).record(definition.record)
        let data = try RecordEncoder.encode(record, by: schema.fields)
        return DraftEvent(
            type: type,
            businessKey: BusinessKey.text(object: definition.header.object, key: definition.keyValues(key)),
            transition: "state",
            // A clock that was set back during the read must not make a reading that ends before it begins.
            version: .reading(
                state: SHA256.hash(data).hexadecimal, begun: min(from, until), ended: max(from, until),
                created: nil),
            subject: try definition.subject(scope), time: begun.local, timeIsDateOnly: false,
            offsetSeconds: begun.offsetSeconds, schema: schema, data: data)
    }

    /// By how much a reading's moments are widened on both sides, seconds (facts/channel.md 2.6).
    private static let margin: Int64 = 5

    private static func instant(_ instant: SAPInstant, movedBy seconds: Int64) -> Timestamp? {
        instant.local.adding(seconds: seconds)?.instant(offsetSeconds: instant.offsetSeconds)
    }
}
