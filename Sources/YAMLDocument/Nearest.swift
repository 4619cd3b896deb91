/// Finds the name that somebody probably meant.
enum Nearest {
    /// `; did you mean "host"?` for the known name closest to `name`, or an empty text when none is close.
    static func hint(for name: String, among known: [String]) -> String {
        nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The known name with the smallest distance, if at most a third of its letters differ.
    static func nearest(to name: String, among known: [String]) -> String? {
        let best = known.map { (name: $0, distance: distance(name, $0)) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best, best.distance <= max(1, max(name.count, best.name.count) / 3) else { return nil }
        return best.name
    }

    /// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
    static func distance(_ first: String, _ second: String) -> Int {
        let left = Array(first.prefix(64).lowercased())
        let right = Array(second.prefix(64).lowercased())
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isEqual = left[row] == right[column]
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (isEqual ? 0 : 1))
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
