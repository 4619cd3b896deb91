package import Programs

/// Another SAP system answers than the pinned one.
package struct SystemChanged: Failure, Equatable {
    /// The one that answered.
    package let met: SystemPin

    package init(met: SystemPin) { self.met = met }

    /// A person decides.
    package var kind: FailureKind { .configuration }
    /// Which system answered.
    package var sentence: String { "Another system answers than the pinned one: \(met.summary)." }
    /// How it is accepted.
    package var remedy: String? { "Run `ml-agent accept-system`, if the change is wanted." }
}
