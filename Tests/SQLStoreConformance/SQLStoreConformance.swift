package import SQLStore

/// What every engine behind `SQLDatabase` has to do, as checks that each engine's own tests call.
///
/// A check throws `Violation` with what was expected; a driver's test is then one line.
package struct SQLStoreConformance: Sendable {
    /// An engine did something else than the contract says.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    /// One check with a name that reads as a sentence.
    package struct Check: Sendable, CustomStringConvertible {
        /// What has to hold.
        package let description: String
        /// Runs on an empty database of its own.
        package let run: @Sendable (any SQLDatabase) async throws -> Void
    }

    /// All checks.
    package static let checks: [Check] = values + transactions + migrations

    static func require(_ condition: Bool, _ expected: String) throws {
        guard condition else { throw Violation(description: expected) }
    }

    static func mustThrow(_ expected: String, _ body: () async throws -> Void) async throws -> SQLError {
        do {
            try await body()
        } catch let error as SQLError {
            return error
        }
        throw Violation(description: "\(expected) must throw")
    }
}
