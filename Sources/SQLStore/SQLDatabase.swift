/// A database of any engine: transactions, and nothing else.
///
/// Closures run on the database's own thread, one after the other, and never on the cooperative pool; they must
/// not wait for anything but SQL.
package protocol SQLDatabase: Sendable {
    /// Runs `body` in a transaction that sees one state of the database and may not write.
    func read<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T
    /// Runs `body` in a transaction that holds the write lock from its start.
    ///
    /// When the call returns, everything is durable; when it throws, nothing was written.
    func write<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T
}
