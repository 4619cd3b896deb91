import Synchronization

/// The rows of all tables.
///
/// Each row is a list of versions with the instant from which it is seen: so a row can be
/// stamped now and committed later.
final class TableStore: Sendable {
    private struct Version {
        let seenFrom: Double
        let values: [String]
    }

    /// Rows in the order of their first commit, so that what is shuffled by a seed comes out the same each time.
    private struct Rows {
        var versions: [[Version]] = []
        var places: [String: Int] = [:]

        mutating func add(_ version: Version, key: String) {
            if let place = places[key] {
                versions[place].append(version)
            } else {
                places[key] = versions.count
                versions.append([version])
            }
        }
    }

    private let dictionary: DataDictionary
    private let tables = Mutex<[String: Rows]>([:])

    init(dictionary: DataDictionary) { self.dictionary = dictionary }

    /// Commits rows, or new states of the rows with their keys, all of them at once.
    /// - Parameter seenFrom: seconds since 1970 (UTC) from which reads see them.
    func put(_ changes: [(table: String, values: [String: String])], seenFrom: Double) {
        let versions = changes.compactMap { change -> (table: String, key: String, row: [String])? in
            guard let definition = dictionary.tables[change.table] else { return nil }
            let row = definition.row(change.values)
            return (change.table, row.prefix(definition.keyCount).joined(separator: "\u{1F}"), row)
        }
        tables.withLock { tables in
            for (table, key, row) in versions {
                tables[table, default: Rows()].add(Version(seenFrom: seenFrom, values: row), key: key)
            }
        }
    }

    /// What is committed of a table, of one client, in the order of its first commits.
    func committed(_ table: StructureDefinition, client: String, at now: Double) -> [[String]] {
        let bound = table.fields.first?.type == "CLNT" && table.name != "T000"
        return tables.withLock { tables in
            (tables[table.name]?.versions ?? []).compactMap { versions in
                guard let row = versions.last(where: { $0.seenFrom <= now })?.values else { return nil }
                return bound && row.first != client ? nil : row
            }
        }
    }

    /// The committed rows that have these values.
    func find(_ name: String, _ values: [String: String], client: String, at now: Double) -> [[String:
        String]]
    {
        guard let table = dictionary.tables[name] else { return [] }
        return committed(table, client: client, at: now).compactMap { row in
            let named = Dictionary(
                zip(table.fields.map(\.name), row), uniquingKeysWith: { first, _ in first })
            return values.allSatisfy { named[$0] == $1 } ? named : nil
        }
    }
}
