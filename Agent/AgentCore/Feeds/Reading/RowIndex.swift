internal import SAPAccess
internal import Synchronization

/// Finds rows of a document by values of their columns, so that an order of a thousand items is not read a
/// million times over.
final class RowIndex: Sendable {
    private struct Place: Hashable {
        let name: String
        let columns: [String]
    }

    private let content = Mutex<[Place: [[String]: [FeedRow]]]>([:])

    /// The rows whose columns hold these values, in their order.
    func rows(
        _ values: [String], in rows: [FeedRow], of name: String, by columns: [String],
    ) throws(SAPAccessError) -> [FeedRow] {
        let place = Place(name: name, columns: columns)
        if let known = content.withLock({ $0[place] }) { return known[values] ?? [] }
        var found: [[String]: [FeedRow]] = [:]
        for row in rows { found[try Self.values(row, columns), default: []].append(row) }
        let made = found
        content.withLock { $0[place] = made }
        return made[values] ?? []
    }

    /// What these columns of a row hold.
    static func values(_ row: FeedRow, _ columns: [String]) throws(SAPAccessError) -> [String] {
        var values: [String] = []
        for column in columns { values.append(try row.text(column)) }
        return values
    }
}
