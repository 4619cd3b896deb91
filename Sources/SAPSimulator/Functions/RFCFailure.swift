/// How a call fails, as the SDK tells it: code, group, key and the ABAP message.
struct RFCFailure: Error, Hashable, Sendable {
    var code: UInt32
    var group: UInt32
    /// Whether SAP ends the connection with it (codes 1, 3 and 4).
    var closes: Bool
    var key: String
    var message: String
    var messageClass = ""
    var messageType = ""
    var number = ""
    var variables: [String] = []

    /// An exception that the function module declares; the connection stays.
    static func exception(
        _ key: String, messageClass: String = "", number: String = "000", _ variables: String...
    ) -> Self {
        let text =
            messageClass.isEmpty
            ? "Number:\(number)"
            : "ID:\(messageClass) Type:E Number:\(number) " + variables.joined(separator: " ")
        return Self(
            code: 5, group: 1, closes: false, key: key, message: text, messageClass: messageClass,
            messageType: messageClass.isEmpty ? "" : "E", number: number, variables: variables)
    }

    /// A short dump; the connection ends.
    static func dump(_ key: String, _ message: String) -> Self {
        Self(code: 3, group: 2, closes: true, key: key, message: message)
    }

    /// A refused logon.
    ///
    /// The text is the same for a wrong client, user and password, and for a locked user.
    static let logon = Self(
        code: 2, group: 3, closes: true, key: "RFC_LOGON_FAILURE",
        message: "Name or password is incorrect (repeat logon)")

    /// No S_RFC authorisation for the function module.
    static func notAuthorised(_ function: String, user: String) -> Self {
        .dump("RFC_NO_AUTHORITY", "No RFC authorization for function module \(function) (user \(user)).")
    }

    /// A function module that does not exist.
    static func unknown(_ function: String) -> Self {
        .exception("FU_NOT_FOUND", messageClass: "FL", number: "046", function)
    }
}
