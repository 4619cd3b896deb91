import Synchronization

/// Progress of a long command on standard error: one line that renews itself on a terminal, plain lines elsewhere.
///
/// Elsewhere a line is written only when `stage` changes, so that a log does not fill with counts.
package final class ProgressLine: Sendable {
    private struct State {
        var stage: String?
        var isOpen = false
    }

    private let state = Mutex(State())
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void

    /// Progress on standard error.
    package convenience init() {
        self.init(isTerminal: StandardError.isTerminal) { StandardError.write($0) }
    }

    /// Progress into `write`, for tests.
    init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Shows `stage` with a detail that may change often (`reading`, `120 of 400`).
    package func update(_ stage: String, detail: String = "") {
        let text = detail.isEmpty ? stage : "\(stage): \(detail)"
        state.withLock { state in
            if isTerminal {
                write("\r\u{1B}[K\(text)")
                state.isOpen = true
            } else if state.stage != stage {
                write(text + "\n")
            }
            state.stage = stage
        }
    }

    /// Ends the line, leaving `text` in its place.
    package func finish(_ text: String) {
        state.withLock { state in
            write(state.isOpen ? "\r\u{1B}[K\(text)\n" : "\(text)\n")
            state = State()
        }
    }
}
