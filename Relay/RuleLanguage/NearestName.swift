/// Finds the name that somebody probably meant.
package enum NearestName {
    /// The known name closest to `name`, where at most a third of its letters differ; else the only one that begins
    /// with it.
    package static func among(_ known: some Sequence<String>, to name: String) -> String? {
        let best = known.map { (name: $0, distance: distance(name, $0)) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        if let best, best.distance <= max(1, max(name.count, best.name.count) / 3) { return best.name }
        let longer = Set(known.filter { name.count >= 3 && $0.hasPrefix(name) })
        return longer.count == 1 ? longer.first : nil
    }

    /// `did you mean "vendor"?`, nil where no known name is close.
    package static func hint(for name: String, among known: some Sequence<String>) -> String? {
        among(known, to: name).map { "did you mean \"\($0)\"?" }
    }

    /// Letters to insert, remove, replace or swap with their neighbour, upper and lower case alike.
    private static func distance(_ first: String, _ second: String) -> Int {
        let left = Array(first.prefix(64).lowercased())
        let right = Array(second.prefix(64).lowercased())
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let change = left[row] == right[column] ? 0 : 1
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + change)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
