import Values

/// Key values of the rows that were too many: they say where to cut, and nothing else is done with them.
struct Sample {
    private let block: TableBlock
    private let columns: [String]

    init(_ block: TableBlock, _ columns: [String]) {
        self.block = block
        self.columns = columns
    }

    /// The middle one of a column's different values, chosen so that both sides hold a row; nil if all are equal.
    func middle(of column: String) -> String? {
        guard let position = columns.firstIndex(of: column) else { return nil }
        let values = Set((0..<block.rowCount).map { block.text(row: $0, column: position) })
        guard values.count > 1 else { return nil }
        let sorted = values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return sorted[(sorted.count - 1) / 2]
    }

    /// The one value that all rows of the sample share.
    func common(_ column: String) -> String? {
        guard let position = columns.firstIndex(of: column), block.rowCount > 0 else { return nil }
        return block.text(row: 0, column: position)
    }
}

extension TableCondition {
    /// The condition in pieces whose lists hold at most `listLimit` values; together they select the same rows.
    func pieces(listLimit: Int) -> [TableCondition] {
        switch self {
        case .oneOf(let column, let values):
            let distinct = Array(Set(values))
            return stride(from: 0, to: distinct.count, by: listLimit).map { start in
                .oneOf(column, Array(distinct[start..<min(start + listLimit, distinct.count)]))
            }
        case .all(let parts):
            guard let index = parts.firstIndex(where: { $0.isList }) else { return [self] }
            return parts[index].pieces(listLimit: listLimit).flatMap { piece in
                var others = parts
                others.remove(at: index)
                // Lists that come behind are cut too; those in front are cut already.
                return others.contains(where: \.isList)
                    ? TableCondition.all(others).pieces(listLimit: listLimit).map { piece.and($0) }
                    : [piece.and(others.isEmpty ? .everything : .all(others))]
            }
        default: return [self]
        }
    }

    private var isList: Bool { if case .oneOf = self { true } else { false } }

    /// Two or three conditions without overlap that together select the same rows; nil where nothing is left
    /// to cut by.
    ///
    /// By stamp first, then by the values of a list, then by the key.
    func halves(by keys: [String], sample: Sample) -> [TableCondition]? {
        ownHalves ?? keyHalves(keys, sample)
    }

    private var ownHalves: [TableCondition]? {
        switch self {
        case .stamped(let date, let time, let from, let through):
            return Self.stampHalves(date, time, from, through)
        case .oneOf(let column, let values) where values.count > 1:
            let middle = values.count / 2
            return [.oneOf(column, Array(values[..<middle])), .oneOf(column, Array(values[middle...]))]
        case .all(let parts):
            for (index, part) in parts.enumerated() {
                guard let halves = part.ownHalves else { continue }
                return halves.map { half in
                    var changed = parts
                    changed[index] = half
                    return .all(changed)
                }
            }
            return nil
        default: return nil
        }
    }

    private static func stampHalves(
        _ date: String, _ time: String?, _ from: LocalDateTime, _ through: LocalDateTime,
    ) -> [TableCondition]? {
        let unit: Int64 = time == nil ? 86_400 : 1
        let first = from.secondsSinceEpoch / unit
        let last = through.secondsSinceEpoch / unit
        guard last > first else { return nil }
        let middle = first + (last - first) / 2
        guard let end = LocalDateTime(secondsSinceEpoch: middle * unit),
            let next = LocalDateTime(secondsSinceEpoch: (middle + 1) * unit)
        else { return nil }
        // SAP's times can be 24:00:00, which belongs to the day that ends.
        let dayEnd = time != nil && next.time == .midnight ? TimeOfDay(secondsSinceMidnight: 86_400) : nil
        return [
            .stamped(
                date: date, time: time, from: from, through: LocalDateTime(end.date, dayEnd ?? end.time)),
            .stamped(date: date, time: time, from: next, through: through),
        ]
    }

    /// Cuts by the first key column that still differs among the rows seen.
    ///
    /// A column whose seen values are all equal is held to that value, and what lies on either side of it is
    /// asked for on its own.
    private func keyHalves(_ keys: [String], _ sample: Sample) -> [TableCondition]? {
        for key in keys {
            if isFixed(key) { continue }
            if let middle = sample.middle(of: key) {
                return [
                    and(.compare(key, .atMost, .text(middle))), and(.compare(key, .greater, .text(middle))),
                ]
            }
            guard let value = sample.common(key) else { return nil }
            return [
                and(.compare(key, .less, .text(value))), and(.compare(key, .equal, .text(value))),
                and(.compare(key, .greater, .text(value))),
            ]
        }
        return nil
    }

    private func isFixed(_ column: String) -> Bool {
        switch self {
        case .compare(let name, .equal, _): name == column
        case .oneOf(let name, let values): name == column && values.count == 1
        case .all(let parts): parts.contains { $0.isFixed(column) }
        default: false
        }
    }
}
