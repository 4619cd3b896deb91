import Foundation
import RuleLanguage
import Testing

@Suite("The rule language is CEL")
struct RuleConformanceTests {
    private struct Score {
        var values = (passed: 0, all: 0)
        var errors = (passed: 0, all: 0)
        var misses: [String] = []
    }

    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/cel-conformance-core.json").path

    @Test("The core files of the public conformance tests pass to 95 % or more")
    func core() throws {
        let chosen = ProcessInfo.processInfo.environment["CASES"]
        let cases = try ConformanceCase.load(chosen ?? Self.fixture)
        #expect(!cases.isEmpty)
        var scores: [String: Score] = [:]
        for test in cases {
            let problem = Self.problem(with: test)
            var score = scores[test.file] ?? Score()
            if test.expectsError {
                score.errors.all += 1
                score.errors.passed += problem == nil ? 1 : 0
            } else {
                score.values.all += 1
                score.values.passed += problem == nil ? 1 : 0
            }
            if let problem { score.misses.append("\(test.id): \(test.expression.prefix(80)): \(problem)") }
            scores[test.file] = score
        }
        let (passed, all) = Self.report(scores)
        if chosen == nil {
            #expect(Double(passed) / Double(all) >= 0.95, "\(passed) of \(all)")
        }
    }

    private static func report(_ scores: [String: Score]) -> (passed: Int, all: Int) {
        var passed = 0
        var all = 0
        for (file, score) in scores.sorted(by: { $0.key < $1.key }) {
            print(
                "conformance \(file): values \(score.values.passed)/\(score.values.all),"
                    + " errors \(score.errors.passed)/\(score.errors.all)")
            for miss in score.misses { print("  miss \(miss)") }
            passed += score.values.passed + score.errors.passed
            all += score.values.all + score.errors.all
        }
        print("conformance in all: \(passed)/\(all)")
        return (passed, all)
    }

    private static func problem(with test: ConformanceCase) -> String? {
        let environment = RuleEnvironment(
            types: test.types, container: test.container, isUnchecked: test.isUnchecked)
        let compiled: CompiledExpression
        do {
            let type: RuleType
            (compiled, type) = try environment.compileTyped(test.expression)
            if let expected = test.deducedType, type != expected {
                return "its type is \(type), not \(expected)"
            }
        } catch {
            return test.expectsError ? nil : "\(error)"
        }
        if test.isCheckOnly { return nil }
        var machine = Machine()
        switch machine.evaluate(compiled, test.bindings) {
        case .failure(let error): return test.expectsError ? nil : "\(error)"
        case .success(let value):
            if test.expectsError { return "an error is expected, not \(value)" }
            guard let expected = test.value.map({ ConformanceCase.ruleValue($0) }) ?? .bool(true) else {
                return "the expected value is not of a kind that is known here"
            }
            return same(value, expected) ? nil : "\(value) instead of \(expected)"
        }
    }

    /// Equal and of the same kind; NaN is NaN here, and a map's entries have no order.
    private static func same(_ left: RuleValue, _ right: RuleValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.uint(let a), .uint(let b)): a == b
        case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
        case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.type(let a), .type(let b)): a == b
        case (.timestamp(let a), .timestamp(let b)): a == b
        case (.duration(let a, let x), .duration(let b, let y)): a == b && x == y
        case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy(same)
        case (.map(let a), .map(let b)):
            a.count == b.count
                && a.allSatisfy { entry in
                    b.contains { same($0.key, entry.key) && same($0.value, entry.value) }
                }
        default: false
        }
    }
}
