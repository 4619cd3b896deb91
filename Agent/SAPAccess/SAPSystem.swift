/// What a logon tells about the system at the other end: pinned at pairing (DESIGN 4.6).
package struct SAPSystem: Hashable, Sendable {
    /// SID, for example PRD.
    package var systemID: String
    /// Three digits.
    package var client: String
    /// The client's logical system, T000-LOGSYS; empty where none is assigned.
    package var logicalSystem: String
    /// T000-CCCATEGORY: P production, T test, C customizing, D demo, E training; empty where unknown.
    package var clientRole: String
    /// Host name of the application server, RFCSI-RFCHOST.
    package var host: String
    /// SAP release, for example 740.
    package var release: String
    /// Code page of the partner by the connection's attributes, for example 4103.
    package var codePage: String
    /// Seconds east of UTC without daylight saving, RFCSI-RFCTZONE.
    package var zoneSeconds: Int
    /// True while daylight saving is on, RFCSI-RFCDAYST.
    package var daylightSaving: Bool
    /// The user that is logged on.
    package var user: String

    /// Whether the client is a production one; others are not polled unless their source says so.
    package var isProduction: Bool { clientRole == "P" }

    package init(
        systemID: String, client: String, logicalSystem: String, clientRole: String, host: String,
        release: String, codePage: String, zoneSeconds: Int, daylightSaving: Bool, user: String,
    ) {
        self.systemID = systemID
        self.client = client
        self.logicalSystem = logicalSystem
        self.clientRole = clientRole
        self.host = host
        self.release = release
        self.codePage = codePage
        self.zoneSeconds = zoneSeconds
        self.daylightSaving = daylightSaving
        self.user = user
    }
}
