/// Why a spool cannot be used as it is.
package enum SpoolError: Error, Equatable, Sendable, CustomStringConvertible {
    case damaged(String)

    package var description: String {
        switch self {
        case .damaged(let what):
            "The spool is damaged: \(what). Move it away: the agent draws a new one, and what the relay does not "
                + "hold is read from SAP again."
        }
    }
}
