package import Programs

/// One thing that is wrong, or worth a look, in a rule file.
package struct RuleDiagnostic: Hashable, Sendable, CustomStringConvertible {
    /// An error refuses the file, a warning does not.
    package enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    /// Whether the file was refused for it.
    package let severity: Severity
    /// The file's name as it was given.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in characters.
    package let column: Int
    /// What is wrong, without a full stop.
    package let sentence: String
    /// What was probably meant, or what to write instead; nil where nothing can be said.
    package let suggestion: String?

    /// `file:line:column: error: sentence; suggestion`.
    package var description: String {
        "\(file):\(line):\(column): \(severity.rawValue): \(sentence)" + (suggestion.map { "; \($0)" } ?? "")
    }
}

/// A rule file that was not taken, with everything that is wrong with it, in the order of the file.
package struct RuleSetRefused: Failure {
    /// Errors, and the warnings beside them.
    package let diagnostics: [RuleDiagnostic]

    /// How many errors, and all diagnostics, one a line.
    package var sentence: String {
        let count = diagnostics.count { $0.severity == .error }
        return "The rules have \(count) \(count == 1 ? "error" : "errors") and were not taken.\n"
            + diagnostics.map(\.description).joined(separator: "\n")
    }
    package var remedy: String? {
        "Correct the file; `ml-relay rules check FILE` shows the same without saving."
    }
    package var kind: FailureKind { .configuration }
    package var description: String { sentence }
}
