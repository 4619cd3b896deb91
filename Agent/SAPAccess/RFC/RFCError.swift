/// An error of SAP or of its library, as the library reported it (facts/sap-rfc-sdk.md section 5).
package struct RFCError: Error, Hashable, Sendable {
    /// Where in the library the error came from: only what went to SAP says anything about the connection.
    package enum Origin: UInt8, Hashable, Sendable {
        /// RfcOpenConnection: there was no connection yet.
        case logon = 0
        /// RfcInvoke, RfcPing, RfcResetServerContext, or a description that SAP was asked for.
        case call = 1
        /// A getter, setter, container or cache call: nothing was sent.
        case container = 2
    }

    /// The function module or library call that failed.
    package var operation: String
    package var origin: Origin
    package var code: RFCReturnCode
    /// RFC_ERROR_GROUP; unknown numbers are kept.
    package var group: Int32
    /// Name of the exception or dump, for example `TABLE_NOT_AVAILABLE`.
    ///
    /// Code and key decide; text never does.
    package var key: String
    /// The library's text.
    ///
    /// Holds host names and times: for people, never compared.
    package var message: String
    /// Class (message ID), type and number of the ABAP message; empty where none was raised.
    package var messageClass: String
    package var messageType: String
    package var messageNumber: String
    /// Message variables 1 to 4; empty where no message was raised (the library leaves rubbish there).
    package var variables: [String]

    package init(
        operation: String, origin: Origin, code: RFCReturnCode, group: Int32 = 0, key: String = "",
        message: String = "", messageClass: String = "", messageType: String = "", messageNumber: String = "",
        variables: [String] = [],
    ) {
        self.operation = operation
        self.origin = origin
        self.code = code
        self.group = group
        self.key = key
        self.message = message
        self.messageClass = messageClass
        self.messageType = messageType
        self.messageNumber = messageNumber
        self.variables = variables
    }

    /// Whether the connection may be used again: after a call only codes 0 and 5 prove that it stands; what a
    /// container call returns changes nothing ("Our rule" of facts/sap-rfc-sdk.md section 5).
    package var connectionSurvived: Bool {
        switch origin {
        case .logon: false
        case .call: code == .ok || code == .abapException
        case .container: code != .invalidHandle
        }
    }

    /// A refused logon: never repeated, since five of them lock the user.
    package var isLogonRefusal: Bool {
        code == .logonFailure || code == .authenticationFailure || (origin == .logon && group == 3)
    }

    /// A missing authorisation, whichever way SAP says it: never repeated.
    package var isNotAuthorized: Bool {
        code == .authorizationFailure || key == "RFC_NO_AUTHORITY" || key == "USER_DONT_EXIST"
            || (code == .abapException && key == "NOT_AUTHORIZED")
    }

    /// Whether trying again can help.
    package var kind: SAPErrorKind {
        if isLogonRefusal || isNotAuthorized { return .configuration }
        switch code {
        case .communicationFailure, .closed, .canceled, .timeout, .memoryInsufficient, .invalidHandle,
            .externalFailure:
            return .transient
        case .abapRuntimeFailure:
            return Self.passingDumps.contains(key) ? .transient : .permanent
        case .invalidParameter, .notFound:
            return .configuration
        default:
            return .permanent
        }
    }

    /// True where the error is about the connection or the system as a whole and not about what was asked.
    package var concernsConnection: Bool { isLogonRefusal || kind == .transient }

    /// Dumps that come from load and go with it (facts/sap-ecc-domain.md section 4).
    private static let passingDumps: Set<String> = [
        "TIME_OUT", "TSV_TNEW_PAGE_ALLOC_FAILED", "RESOURCE_FAILURE", "SYSTEM_FAILURE", "SYSTEM_NO_ROLL",
    ]
}

extension RFCError: CustomStringConvertible {
    /// One sentence: what was called, what SAP said.
    package var description: String {
        var text = "\(operation) failed: \(code)"
        if !key.isEmpty, key != code.description { text += " \(key)" }
        if !messageClass.isEmpty { text += " (\(messageClass) \(messageNumber))" }
        if !saying.isEmpty, saying != key { text += ": \(saying)" }
        return text + "." + remedy
    }

    /// The line of the message that says what happened.
    ///
    /// Those of the network are a table, of which the first line is a place and the one named ERROR the event.
    private var saying: String {
        let lines = message.split(separator: "\n")
        guard let event = lines.first(where: { $0.hasPrefix("ERROR ") }) else {
            return lines.first.map(String.init) ?? ""
        }
        return String(event.dropFirst(5).drop { $0 == " " })
    }

    private var remedy: String {
        if isLogonRefusal { return " Check user, client and password; nothing is tried again by itself." }
        if isNotAuthorized {
            return " Give the technical user this authorisation (`ml-agent doctor` lists all)."
        }
        switch code {
        case .communicationFailure: return " Check that the SAP host can be reached; it is tried again."
        default: return ""
        }
    }
}
