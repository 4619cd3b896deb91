import Synchronization

/// What is still to be done, by the time it is due.
final class Agenda: Sendable {
    /// One thing to do.
    enum Item: Sendable {
        case advance(PlannedStep)
        case callback(PlannedCallback)
    }

    private let items = Mutex<[(dueMs: Int64, item: Item)]>([])

    func add(_ item: Item, dueMs: Int64) { items.withLock { $0.append((dueMs, item)) } }

    /// Takes what is due, the earliest first.
    func take(until nowMs: Int64) -> [Item] {
        items.withLock { items in
            let due = items.filter { $0.dueMs <= nowMs }
            guard !due.isEmpty else { return [] }
            items.removeAll { $0.dueMs <= nowMs }
            // Equal times keep the order in which they were added: the sort is told so by the position.
            return due.enumerated()
                .sorted { ($0.element.dueMs, $0.offset) < ($1.element.dueMs, $1.offset) }
                .map(\.element.item)
        }
    }
}
