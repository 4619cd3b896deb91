/// How long each step of a worker may take.
package struct RFCDeadlines: Hashable, Sendable {
    /// Loading the library.
    package var load: Duration = .seconds(30)
    /// A logon.
    ///
    /// Longer than the library itself waits for a host that does not answer (about 60 s, facts/sap-rfc-sdk.md
    /// section 7).
    package var logon: Duration = .seconds(90)
    /// One call of a function module.
    package var call: Duration = .seconds(120)
    /// A ping of a connection that was idle.
    package var ping: Duration = .seconds(10)

    package init() {}
}
