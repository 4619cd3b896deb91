/// Whether trying again can help, and who has to act (STYLE rule 16).
package enum SAPErrorKind: String, Hashable, Sendable {
    /// Passes by itself: network, time-out, busy system. Try again with back-off.
    case transient
    /// This request will never succeed: authorisation for one document, a value SAP has cut.
    case permanent
    /// The installation or its settings are wrong; a person has to act.
    case configuration
    /// Nobody knows whether SAP acted on it.
    case uncertain
}

/// Everything that can go wrong between a feed and SAP.
package enum SAPAccessError: Error, Hashable, Sendable {
    /// No library, or not a usable one, at the configured path.
    case library(path: String, problem: LibraryProblem)
    /// SAP or its library answered with an error.
    case rfc(RFCError)
    /// The allow-list derived from the feed files does not hold this.
    case notAllowed(what: String)
    /// A function module lacks a parameter that is needed of it.
    case interface(function: String, missing: String)
    /// A selection that cannot be sent to SAP as it stands.
    case selection(table: String, problem: String)
    /// A value cannot be read as what its type says; `text` is what SAP sent.
    case value(field: String, text: String, expected: String)
    /// SAP marks the number as cut (`*`): only a BAPI can give it.
    case cut(field: String)
    /// A row or record lacks this field, or holds another kind of value in it.
    case missing(field: String)
    /// More rows than the limit share one key or one moment, so that the range cannot be split further.
    case tooDense(table: String, limit: Int)
    /// The call passed its deadline and was cancelled, or its worker killed.
    case deadline(what: String)
    /// The worker process ended, or spoke nonsense, during a call.
    case workerLost(reason: String)
    /// The logon gate lets nobody through, or could not be asked.
    case gate(sentence: String, closed: Bool)
    /// No place in the budget became free in time.
    case noPlace(system: String)
    /// The pool is shutting down.
    case shutDown

    /// What is wrong with the library's file.
    package enum LibraryProblem: Hashable, Sendable {
        case notFound
        case notLoadable(reason: String)
        case missingSymbol(String)
        /// A file of ICU that is not beside the library.
        case icuMissing(String)
        case tooOld(version: String)
    }

    /// Whether trying again can help.
    package var kind: SAPErrorKind {
        switch self {
        case .rfc(let error): error.kind
        case .deadline, .workerLost, .noPlace, .shutDown: .transient
        case .library, .notAllowed, .interface, .selection: .configuration
        case .gate(_, let closed): closed ? .configuration : .transient
        case .value, .cut, .missing, .tooDense: .permanent
        }
    }

    /// True where nothing more can be read on this connection or of this system at the moment, so that it says
    /// nothing about the document that was asked for.
    package var concernsConnection: Bool {
        switch self {
        case .library, .deadline, .workerLost, .gate, .noPlace, .shutDown: true
        case .rfc(let error): error.concernsConnection
        case .notAllowed, .interface, .selection, .value, .cut, .missing, .tooDense: false
        }
    }
}

extension SAPAccessError: CustomStringConvertible {
    /// One sentence and a remedy; holds no secret.
    package var description: String {
        switch self {
        case .library(let path, let problem): Self.describe(problem, path)
        case .rfc(let error): error.description
        case .notAllowed(let what):
            "\(what) is not in the allow-list of the local feed files. Add it to a feed, if it is wanted."
        case .interface(let function, let missing):
            "function module \(function) has no parameter \(missing) in this system. "
                + "Configure another module for it."
        case .selection(let table, let problem):
            "a selection of \(table) cannot be sent to SAP: \(problem). Correct the feed."
        case .value(let field, let text, let expected):
            "\(field) holds \"\(text)\", which is not \(expected). Look at the field in SAP."
        case .cut(let field):
            "SAP has cut the number in \(field) (*), since it is too long for a table read. Read it by a BAPI."
        case .missing(let field): "\(field) is not in SAP's answer. Correct the feed's fields."
        case .tooDense(let table, let limit):
            "more than \(limit) rows of \(table) share one moment and key. Raise the row limit of the feed."
        case .deadline(let what):
            "\(what) did not end within its deadline and was cancelled. Look at the load of the SAP system."
        case .workerLost(let reason): "the RFC worker ended during a call: \(reason). It is started again."
        case .gate(let sentence, _): sentence
        case .noPlace(let system):
            "all calls that \(system) allows are in use. Wait, or raise the number of calls at once."
        case .shutDown: "the agent is shutting down."
        }
    }

    private static func describe(_ problem: LibraryProblem, _ path: String) -> String {
        switch problem {
        case .notFound:
            "no SAP NetWeaver RFC library at \(path). Install SAP's SDK there, or set the path where it is."
        case .notLoadable(let reason): "\(path) cannot be loaded: \(reason). Check that it is SAP's library."
        case .missingSymbol(let symbol):
            "\(path) does not export \(symbol). Use SAP's NetWeaver RFC SDK 7.50, patch level 12 or newer."
        case .icuMissing(let file):
            "beside \(path) the ICU library \(file) is missing. Copy all files of the SDK's lib folder."
        case .tooOld(let version):
            "\(path) is release \(version). Use SAP's NetWeaver RFC SDK 7.50, patch level 12 or newer."
        }
    }
}
