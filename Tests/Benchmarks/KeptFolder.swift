import WholeChain

/// The files of a chain that was measured: gone when all went well, kept and named when it did not.
enum KeptFolder {
    static func use<Value: Sendable>(_ body: (ChainFolder) async throws -> Value) async throws -> Value {
        let folder = try ChainFolder()
        let value: Value
        do {
            value = try await body(folder)
        } catch {
            throw BenchmarkError.chain("\(error)", folder: folder.path)
        }
        folder.remove()
        return value
    }
}
