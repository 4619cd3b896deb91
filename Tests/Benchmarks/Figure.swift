import Foundation
import Programs

/// One line of the result: a ratio first, and the two absolute figures that it was made of.
struct Figure: Sendable {
    let what: String
    let ratio: Double
    /// What was measured, with its unit.
    let measured: String
    /// What it was held against, with its unit.
    let against: String

    /// All figures as one table.
    static func table(_ figures: [Figure]) -> String {
        var table = TextTable([
            .init("what"), .init("ratio", isNumber: true), .init("measured", isNumber: true),
            .init("against"),
        ])
        for figure in figures {
            table.add([
                figure.what, String(format: "%.3f", figure.ratio), figure.measured, figure.against,
            ])
        }
        return table.text
    }

    /// A rate in whole numbers.
    static func rate(_ perSecond: Double, _ unit: String) -> String {
        "\(Int(perSecond.rounded())) \(unit)/s"
    }
}

/// What one thing gave in each round.
struct Rounds: Sendable {
    private(set) var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }

    var median: Double { Self.median(values) }

    /// The median of the rounds' ratios: what disturbed a round disturbed both sides of it.
    func ratio(to other: Rounds) -> Double { Self.median(zip(values, other.values).map { $0 / $1 }) }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

extension Duration {
    /// Seconds with their fraction.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
