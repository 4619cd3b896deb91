import AgentCore
import ConnectorProtocol
import Programs
import SAPAccess
import SQLStore
import TestSupport
import Testing
import Values

@Suite("ml-agent status")
struct StatusReportTests {
    private static let hostTime: Int64 = 1_795_600_000_000

    private static func at(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    /// A spool in which something of everything waits.
    private static func spool(_ folder: TemporaryFolder) async throws -> Spool {
        let spool = try await Spool.open(
            SQLiteDatabase.open(path: folder.file("spool.db")), clock: HostClock { hostTime })
        try await spool.hearCoverage(["purchase_order.created": [.recent: try at("20261125093000")]])
        let now = try at("20261125093000")
        try await spool.beginStream(
            "purchase_order.created", clock: .first(at: now, isDateOnly: true),
            from: try at("20261118093000"))
        let shut = StampedKey(documentKey: "4500000001", stamp: try at("20261125000000"))
        let held = StampedKey(documentKey: "4500000002", stamp: try at("20261125000000"))
        try await spool.record(
            [
                DocumentRecord(
                    key: shut, trigger: .window, origin: .live,
                    result: .failed(errorClass: "not_authorized", sentence: "No authorisation.")),
                DocumentRecord(
                    key: held, trigger: .window, origin: .live, result: .told([], watch: .awaitingRelease)),
            ], stream: "purchase_order.created")
        _ = try await spool.meet(SystemPin(SystemStandIn.system()))
        try await spool.note(.polled, of: "purchase_order")
        try await spool.note(.stopped(.gateClosed), of: "vendor_invoice")
        let gate = SpoolLogonGate(spool: spool, owner: .current, wait: {})
        let attempt = try await gate.begin(LogonIdentity(system: "ECC", client: "100", user: "ML_AGENT"))
        try await gate.end(attempt, .refused(sentence: "Name or password is incorrect."))
        return spool
    }

    private static let golden = """
        agent   running
        system  PRD client 100 (PRDCLNT100, role P) on sapprd01
        lease   not held
        relay   not heard yet
        spool   1234 bytes of 2048 MiB wait
        calls   0 in use
        logon   closed for ML_AGENT in ECC client 100: Name or password is incorrect. Remedy: ml-agent secrets set sap.password

        FEED            LAST GOOD POLL        STATE
        --------------  --------------------  --------------------
        purchase_order  2026-11-25T09:46:40Z  polling
        vendor_invoice  -                     stopped: gate_closed

        STREAM                  TIER  READ TO              RELAY COVERS         PENDING  WATCHED
        ----------------------  ----  -------------------  -------------------  -------  -------
        purchase_order.created     1  2026-11-25 09:30:00  2026-11-25 09:30:00        1        1
                                   2  2026-11-25 09:30:00  -
                                   3  2026-11-25 09:30:00  -

        LANE  SEALED  ACKNOWLEDGED  EVENTS WAITING  NOT SEALED
        ----  ------  ------------  --------------  ----------
        live       0             0               0           5
        bulk       0             0               0           0

        Pending
        STREAM                  DOCUMENT    REASON                             TRIES  NEXT
        ----------------------  ----------  ---------------------------------  -----  ----
        purchase_order.created  4500000001  not_authorized: No authorisation.      1  NEXT

        Watched
        STREAM                  DOCUMENT    REASON            TRIES  NEXT
        ----------------------  ----------  ----------------  -----  ----
        purchase_order.created  4500000002  awaiting_release      0  NEXT

        """

    @Test("The text shows what needs a person, and everything that waits with its reason")
    func text() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.spool(folder)
        var report = try await StatusReport.read(
            from: spool.database, spoolBytesLimit: 2 << 30, isRunning: true)
        // When something is tried next is the schedule's business, and how many bytes wait the wire's.
        for index in report.pending.indices { report.pending[index].next = "NEXT" }
        for index in report.watch.indices { report.watch[index].next = "NEXT" }
        #expect(report.spoolBytes > 0)
        report.spoolBytes = 1_234
        let text = report.text
        #expect(text == Self.golden)
        report.isRunning = false
        #expect(report.text.hasPrefix("agent   not running;"))
    }

    @Test("What a person was to be told is shown, the youngest first")
    func notices() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.spool(folder)
        var other = SystemPin(SystemStandIn.system())
        for host in ["one", "two"] {
            other.host = host
            #expect(try await !spool.meet(other))
        }
        let report = try await StatusReport.read(from: spool.database, spoolBytesLimit: 1, isRunning: nil)
        #expect(report.notices.map(\.type) == Array(repeating: "connector.system_changed", count: 2))
        let text = try #require(report.text.split(separator: "NOTICE").last)
        #expect(text.contains("on two was met") && text.contains("on one was met"))
    }

    @Test("Whatever SAP's sentence is made of, the relay takes the status that holds it")
    func longSentence() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.spool(folder)
        let letter = "e" + String(repeating: "\u{301}", count: 20)
        try await spool.note(
            .failed(errorClass: "permanent", sentence: String(repeating: letter, count: 400)),
            of: "purchase_order")
        let status = try await spool.agentStatus(
            version: "1", host: "sapgw01", source: "/sap/PRD/100", ahead: .zero)
        let request = SyncRequest(
            requestID: Array(repeating: 1, count: 16), leaseToken: [],
            process: Array(repeating: 2, count: 16),
            created: .first, lineages: [], status: status, highestEpoch: 0, highestCommand: 0,
            wantsLease: true, waitSeconds: 0)
        #expect(try SyncRequest(bytes: request.bytes).status.feeds.first?.error.isEmpty == false)
    }

    @Test("It reads beside a running agent, and as JSON")
    func json() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.spool(folder)
        let beside = try await SQLiteDatabase.openReadOnly(path: folder.file("spool.db"))
        let report = try await StatusReport.read(from: beside, spoolBytesLimit: 1, isRunning: nil)
        let json = try JSONOutput.text(report)
        #expect(json.contains("\"reason\" : \"not_authorized\""))
        #expect(json.contains("\"pendingCount\" : 1"))
        _ = spool
    }
}
