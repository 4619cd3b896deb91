import Synchronization

/// What a reader learned about the connected system: which module it has, and how its tables look.
final class TableCache: Sendable {
    private struct State {
        var module: String?
        var definitions: [String: TableDefinition] = [:]
    }

    let modules: [String]
    private let state = Mutex(State())

    init(modules: [String]) { self.modules = modules }

    var module: String? { state.withLock { $0.module } }

    func choose(_ module: String) { state.withLock { $0.module = module } }

    func definition(of table: String) -> TableDefinition? { state.withLock { $0.definitions[table] } }

    /// Asked again next time: the table may have changed since.
    func forget(_ table: String) { state.withLock { $0.definitions[table] = nil } }

    func remember(_ definition: TableDefinition) {
        state.withLock { $0.definitions[definition.name] = definition }
    }
}
