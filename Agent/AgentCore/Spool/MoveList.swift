internal import ConnectorProtocol
internal import Values

/// Moves of keys in order: a key that entered and left, or left and entered again, ends as the later says.
struct MoveList {
    private struct Key: Hashable {
        var stream: String
        var key: String
        var version: String
        var stamp: LocalDateTime
    }
    private var moves: [(isEntry: Bool, entry: KeyEntry)] = []
    private var positions: [Key: Int] = [:]

    mutating func add(_ entry: KeyEntry, isEntry: Bool) {
        let key = Key(stream: entry.stream, key: entry.key, version: entry.version, stamp: entry.stamp)
        if let position = positions[key] {
            moves[position] = (isEntry, entry)
        } else {
            positions[key] = moves.count
            moves.append((isEntry, entry))
        }
    }

    var keyMoves: KeyMoves {
        KeyMoves(
            entered: moves.filter(\.isEntry).map(\.entry), left: moves.filter { !$0.isEntry }.map(\.entry))
    }
}
