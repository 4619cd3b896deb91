/// One line of `ml-agent doctor`.
package struct DoctorFinding: Encodable, Equatable, Sendable {
    /// How a check went.
    package enum Verdict: String, Encodable, Sendable {
        case ok
        /// It works, and somebody should look at it.
        case warning
        /// The agent cannot do its work before this is mended.
        case failed
        /// Something before it failed, so that it could not be asked.
        case skipped
    }

    /// What was checked, one or two words.
    package var check: String
    package var verdict: Verdict
    /// What was found.
    package var detail: String
    /// What to do; nil where there is nothing to do.
    package var remedy: String?

    package init(_ check: String, _ verdict: Verdict, _ detail: String, remedy: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.detail = detail
        self.remedy = remedy
    }

    /// `ok       library    7500.0.13 at …`, and the remedy behind it.
    package var text: String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        return padded(verdict.rawValue, 9) + padded(check, 26) + detail
            + (remedy.map { " Remedy: \($0)" } ?? "")
    }
}
