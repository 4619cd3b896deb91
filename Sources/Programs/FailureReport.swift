/// What a person is told about any error.
package struct FailureReport: Hashable, Sendable {
    /// One sentence and, where there is one, a remedy.
    package let text: String
    /// The code the process ends with.
    package let status: ExitStatus

    /// Takes sentence, remedy and kind of a ``Failure``; any other error is permanent and described by itself.
    package init(_ error: any Error) {
        if let failure = error as? any Failure {
            text = failure.description
            status = ExitStatus(failure.kind)
        } else {
            text = error is CancellationError ? "The command was cancelled." : String(describing: error)
            status = .permanent
        }
    }
}
