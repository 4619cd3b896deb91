import Testing

@testable import SAPAccess

@Suite("RFC errors")
struct RFCErrorTests {
    @Test("After a call only codes 0 and 5 prove that the connection stands", arguments: Int32(0)...33)
    func survival(code: Int32) {
        let error = RFCError(operation: "STFC_CONNECTION", origin: .call, code: RFCReturnCode(rawValue: code))
        #expect(error.connectionSurvived == (code == 0 || code == 5))
    }

    @Test(
        "What a getter or setter returns changes nothing, but for a dead handle",
        arguments: [17, 19, 20, 22, 23] as [Int32])
    func containers(code: Int32) {
        let error = RFCError(
            operation: "RfcGetString", origin: .container, code: RFCReturnCode(rawValue: code))
        #expect(error.connectionSurvived)
        let dead = RFCError(operation: "RfcGetString", origin: .container, code: .invalidHandle)
        #expect(!dead.connectionSurvived)
    }

    @Test("A refused logon is for a person, and is never transient", arguments: [2, 30] as [Int32])
    func logon(code: Int32) {
        let error = RFCError(
            operation: "RfcOpenConnection", origin: .logon, code: RFCReturnCode(rawValue: code))
        #expect(error.isLogonRefusal)
        #expect(error.kind == .configuration)
    }

    @Test(
        "A missing authorisation is known by code or key, whichever way SAP says it",
        arguments: [
            (3, "RFC_NO_AUTHORITY"), (3, "USER_DONT_EXIST"), (29, ""), (5, "NOT_AUTHORIZED"),
        ] as [(Int32, String)])
    func authorisation(code: Int32, key: String) {
        let error = RFCError(
            operation: "RFC_READ_TABLE", origin: .call, code: RFCReturnCode(rawValue: code), key: key)
        #expect(error.isNotAuthorized)
        #expect(error.kind == .configuration)
    }

    @Test("A network's table of a message is told by the line that says what happened")
    func sentence() {
        let table =
            "\nLOCATION    CPIC (TCP/IP) on local host\nERROR       partner '10.1.1.1:3300' not reached\n\n"
            + "TIME        Mon Nov 30 03:00:00 2026\nRELEASE     753\n"
        let error = RFCError(
            operation: "RfcOpenConnection", origin: .logon, code: .communicationFailure, group: 4,
            key: "RFC_COMMUNICATION_FAILURE", message: table)
        #expect(
            error.description
                == "RfcOpenConnection failed: RFC_COMMUNICATION_FAILURE: partner '10.1.1.1:3300' not reached. "
                + "Check that the SAP host can be reached; it is tried again.")
    }

    @Test(
        "Only what is a number goes into a packed one, since the library makes digits of letters",
        arguments: [
            ("12.50", true), ("-0.5", true), ("+7", true), ("abc", false), ("1e3", false), ("", false),
            ("-", false), ("1,5", false), ("1.2.3", false), ("--1", false), ("1-", false), (".", false),
        ])
    func decimals(text: String, isDecimal: Bool) {
        #expect(RFCContainer.isDecimal(text) == isDecimal)
    }

    @Test(
        "Load passes, a broken module does not",
        arguments: [
            (1, "", SAPErrorKind.transient), (3, "TIME_OUT", .transient), (7, "", .transient),
            (8, "", .transient),
            (3, "COMPUTE_INT_ZERODIVIDE", .permanent), (4, "", .permanent), (20, "", .configuration),
        ] as [(Int32, String, SAPErrorKind)])
    func kinds(code: Int32, key: String, kind: SAPErrorKind) {
        let error = RFCError(operation: "X", origin: .call, code: RFCReturnCode(rawValue: code), key: key)
        #expect(error.kind == kind)
    }

    @Test(
        "Names of codes come from our own table, and unknown numbers trap nothing",
        arguments: [-1, 34, .max] as [Int32])
    func names(code: Int32) {
        #expect(RFCReturnCode(rawValue: 32).description == "RFC_IO_FAILURE")
        #expect(RFCReturnCode(rawValue: 33).description == "RFC_LOCKING_FAILURE")
        #expect(RFCReturnCode(rawValue: code).description == "RFC_RC \(code)")
    }
}
