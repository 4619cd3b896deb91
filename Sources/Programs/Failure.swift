/// An error that tells a person what happened and what to do, and a scheduler what kind it is.
///
/// Neither sentence holds a secret or a raw URL.
package protocol Failure: Error, CustomStringConvertible {
    /// What happened, one sentence with its full stop.
    var sentence: String { get }
    /// What to do about it, one sentence with its full stop; nil where there is nothing to do.
    var remedy: String? { get }
    /// What may be done about it.
    var kind: FailureKind { get }
}

extension Failure {
    /// Sentence and remedy.
    package var description: String { remedy.map { "\(sentence) Remedy: \($0)" } ?? sentence }
}

/// A failure without a type of its own, for commands.
package struct CommandFailure: Failure, Hashable {
    package let sentence: String
    package let remedy: String?
    package let kind: FailureKind

    /// A failure of this kind.
    package init(_ sentence: String, remedy: String? = nil, kind: FailureKind = .permanent) {
        self.sentence = sentence
        self.remedy = remedy
        self.kind = kind
    }
}
