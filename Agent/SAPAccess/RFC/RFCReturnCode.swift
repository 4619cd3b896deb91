/// What an RFC call returned.
///
/// Unknown numbers are kept: a newer library may have more.
package struct RFCReturnCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let ok = RFCReturnCode(rawValue: 0)
    package static let communicationFailure = RFCReturnCode(rawValue: 1)
    package static let logonFailure = RFCReturnCode(rawValue: 2)
    package static let abapRuntimeFailure = RFCReturnCode(rawValue: 3)
    package static let abapMessage = RFCReturnCode(rawValue: 4)
    package static let abapException = RFCReturnCode(rawValue: 5)
    package static let closed = RFCReturnCode(rawValue: 6)
    package static let canceled = RFCReturnCode(rawValue: 7)
    package static let timeout = RFCReturnCode(rawValue: 8)
    package static let memoryInsufficient = RFCReturnCode(rawValue: 9)
    package static let invalidHandle = RFCReturnCode(rawValue: 13)
    package static let externalFailure = RFCReturnCode(rawValue: 15)
    package static let notFound = RFCReturnCode(rawValue: 17)
    package static let illegalState = RFCReturnCode(rawValue: 19)
    package static let invalidParameter = RFCReturnCode(rawValue: 20)
    package static let codepageConversionFailure = RFCReturnCode(rawValue: 21)
    package static let conversionFailure = RFCReturnCode(rawValue: 22)
    package static let bufferTooSmall = RFCReturnCode(rawValue: 23)
    package static let authorizationFailure = RFCReturnCode(rawValue: 29)
    package static let authenticationFailure = RFCReturnCode(rawValue: 30)

    /// SAP's name of the code.
    ///
    /// Our own table: the library's RfcGetRcAsString glues and drops names at its end.
    package var description: String {
        Self.names.indices.contains(Int(rawValue)) ? Self.names[Int(rawValue)] : "RFC_RC \(rawValue)"
    }

    private static let names = [
        "RFC_OK", "RFC_COMMUNICATION_FAILURE", "RFC_LOGON_FAILURE", "RFC_ABAP_RUNTIME_FAILURE",
        "RFC_ABAP_MESSAGE", "RFC_ABAP_EXCEPTION", "RFC_CLOSED", "RFC_CANCELED", "RFC_TIMEOUT",
        "RFC_MEMORY_INSUFFICIENT", "RFC_VERSION_MISMATCH", "RFC_INVALID_PROTOCOL",
        "RFC_SERIALIZATION_FAILURE", "RFC_INVALID_HANDLE", "RFC_RETRY", "RFC_EXTERNAL_FAILURE",
        "RFC_EXECUTED", "RFC_NOT_FOUND", "RFC_NOT_SUPPORTED", "RFC_ILLEGAL_STATE", "RFC_INVALID_PARAMETER",
        "RFC_CODEPAGE_CONVERSION_FAILURE", "RFC_CONVERSION_FAILURE", "RFC_BUFFER_TOO_SMALL",
        "RFC_TABLE_MOVE_BOF", "RFC_TABLE_MOVE_EOF", "RFC_START_SAPGUI_FAILURE", "RFC_ABAP_CLASS_EXCEPTION",
        "RFC_UNKNOWN_ERROR", "RFC_AUTHORIZATION_FAILURE", "RFC_AUTHENTICATION_FAILURE",
        "RFC_CRYPTOLIB_FAILURE", "RFC_IO_FAILURE", "RFC_LOCKING_FAILURE",
    ]
}
