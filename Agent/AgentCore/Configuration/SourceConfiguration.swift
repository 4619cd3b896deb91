package import SAPAccess

/// The SAP system and client that this agent reads, and as whom.
package struct SourceConfiguration: Equatable, Sendable {
    /// Where the logon goes.
    package enum Server: Equatable, Sendable {
        /// One application server: host and system number (two digits).
        case application(host: String, systemNumber: String)
        /// The least loaded server of a logon group.
        case group(messageServer: String, systemID: String, group: String)
    }

    /// What is done with a client that is not a production one.
    package enum Mode: String, CaseIterable, Sendable {
        /// It is polled like a production one, and its messages go to their recipients.
        case live
    }

    /// The customer's name of the system: logon gate and call budget are kept under it.
    package var name: String
    package var server: Server
    /// SAProuter string; nil for none.
    package var router: String?
    /// Three digits.
    package var client: String
    package var user: String
    /// Two letters.
    package var language: String
    /// Absolute path of `libsapnwrfc.so`.
    package var library: String
    /// Reader modules, tried in order.
    package var readers: [String]
    /// Nil: a client whose role is not production is not polled.
    package var mode: Mode?
    /// Calls at once, 1 to 50.
    package var calls: Int

    package init(
        name: String, server: Server, router: String? = nil, client: String, user: String,
        language: String = "EN", library: String, readers: [String] = defaultReaders, mode: Mode? = nil,
        calls: Int = 4,
    ) {
        self.name = name
        self.server = server
        self.router = router
        self.client = client
        self.user = user
        self.language = language
        self.library = library
        self.readers = readers
        self.mode = mode
        self.calls = calls
    }

    /// Reader modules that every ECC system may have.
    package static let defaultReaders = ["RFC_READ_TABLE", "BBP_RFC_READ_TABLE"]

    /// Who logs on where, as logon gate and status name it.
    package var identity: LogonIdentity { LogonIdentity(system: name, client: client, user: user) }
}
