/// Which SAP system to log on to, and as whom.
package struct RFCDestination: Sendable {
    /// The configured name of the SAP system; gate and budget are kept by it.
    package var system: String
    /// Three digits.
    package var client: String
    package var user: String
    /// Connection parameters by the library's names (ASHOST, SYSNR, MSHOST, GROUP, SAPROUTER, LANG, ...), without
    /// client, user and password.
    package var parameters: [String: String]
    /// Asked before each logon, so that a changed secret is used at once; never kept.
    package var password: @Sendable () async throws -> String

    package init(
        system: String, client: String, user: String, parameters: [String: String],
        password: @escaping @Sendable () async throws -> String,
    ) {
        self.system = system
        self.client = client
        self.user = user
        self.parameters = parameters
        self.password = password
    }

    /// What the logon gate keeps its state by.
    package var identity: LogonIdentity { LogonIdentity(system: system, client: client, user: user) }

    /// All connection parameters of one logon, the password among them.
    func logon() async throws -> [(name: String, value: String)] {
        var logon = parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        logon += [(name: "CLIENT", value: client), (name: "USER", value: user)]
        logon.append((name: "PASSWD", value: try await password()))
        return logon
    }
}
