import AgentCore
import ConnectorProtocol
import SAPAccess
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

@Suite("Feeds on a simulated business day")
struct SimulatedDayTests {
    /// A host's clock that is a minute further each time it is told so: what is watched becomes due.
    private final class Minutes: Sendable {
        private let passed = Mutex<Int64>(0)
        var clock: HostClock { HostClock { self.passed.withLock { 1_795_600_000_000 + $0 * 60_000 } } }
        func pass() { passed.withLock { $0 += 1 } }
    }

    /// The built-in feeds over a simulated system, polled into a spool that nobody empties.
    private struct Company: Sendable {
        let system: SimulatedSystem
        let pool: RFCWorkerPool
        let database: SQLiteDatabase
        let pollers: [FeedPoller]
        private let minutes = Minutes()
        private let folder: TemporaryFolder

        init(seed: Int) async throws {
            system = try await SimulatedSystem(seed: seed)
            folder = try TemporaryFolder()
            database = try await SQLiteDatabase.open(path: folder.file("spool.db"))
            let spool = try await Spool.open(database, clock: minutes.clock)
            try await spool.hearCoverage([:])
            let catalogue = try FeedCatalogue.builtIn()
            pool = try system.pool()
            let source = RFCSource(pool: pool, allowList: catalogue.allowed)
            let currencies = CurrencyTable(source: source)
            pollers = catalogue.documents.compactMap { feed in
                SAPFeedReader(
                    definition: feed, masters: catalogue.masters, source: source, currencies: currencies
                ).map { FeedPoller(reader: $0, spool: spool, source: "/sap/SIM/100") }
            }
        }

        /// Runs the pool, sets the baseline down and plays a day.
        func play(_ documents: Int, _ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.run() }
                defer { group.cancelAll() }
                for poller in pollers { _ = try await poller.poll() }
                try await system.post("day", "{\"documents\": \(documents), \"documentsPerMinute\": 6000}")
                try await body()
            }
        }

        /// Polls until the day is over and `isDone` with what was committed and what is told.
        func poll(until isDone: (_ facts: Set<String>, _ told: [String]) throws -> Bool) async throws -> Bool
        {
            try await eventually(within: .seconds(60)) {
                minutes.pass()
                // What SAP refuses at one poll is read at the next.
                for poller in pollers { _ = try? await poller.poll() }
                guard try await system.isDayOver() else { return false }
                return try isDone(Set(try await system.facts()), try await told(database))
            }
        }
    }

    @Test("Every fact that SAP commits on a day is told, and none twice", .timeLimit(.minutes(2)))
    func day() async throws {
        let company = try await Company(seed: 11)
        try await company.play(120) {
            let isComplete = try await company.poll { facts, told in facts == Set(told) }
            let facts = Set(try await company.system.facts())
            let told = try await Self.told(company.database)
            #expect(
                isComplete, "untold: \(facts.subtracting(told)), invented: \(Set(told).subtracting(facts))")
            #expect(told.count == Set(told).count && facts.count > 120)
            #expect(try await Self.pending(company.database).isEmpty)
        }
        // What the BAPI says in the currency's own decimals is what the table says once it is shifted.
        let invoices = try await Self.events(company.database).filter {
            $0.type.hasPrefix("sap.vendor_invoice")
        }
        let fields = BuiltInSchemas.schema(of: .vendorInvoicePosted).fields
        for invoice in invoices {
            let values = try RecordDecoder.decode(invoice.data, by: fields)
            let record = ReadRecord(values: values, fields: fields)
            #expect(record["gross_amount"] == record.records("items").first?["amount"])
            let hasTwoDecimals = ["EUR", "USD"].contains(record["currency"])
            #expect(record["gross_amount"]?.hasSuffix(".00") == hasTwoDecimals)
        }
        #expect(!invoices.isEmpty)
    }

    @Test(
        "Broken connections and failures of SAP lose nothing, and a document that is denied waits alone",
        .timeLimit(.minutes(2)))
    func faults() async throws {
        let company = try await Company(seed: 12)
        let denied = "5105600001"
        try await company.play(80) {
            for fault in [
                #"{"kind": "drop", "name": "RFC_READ_TABLE", "times": 6}"#,
                #"{"kind": "system_failure", "name": "BAPI_INCOMINGINVOICE_GETDETAIL", "times": 4}"#,
                #"{"kind": "deny_document", "name": "\#(denied)"}"#,
            ] { try await company.system.post("faults", fault) }
            let isComplete = try await company.poll { facts, told in
                facts.filter { !$0.hasPrefix(denied) } == Set(told)
            }
            #expect(isComplete)
            #expect(try await Self.pending(company.database).map { $0.prefix(10) } == [denied[...]])
            try await company.system.post("faults", #"{"kind": "deny_table", "name": "EKKO"}"#)
            let refusal = await #expect(throws: SAPAccessError.self) { try await company.pollers[0].poll() }
            #expect(refusal?.description.hasPrefix("RFC_READ_TABLE of EKKO failed") == true)
            try await company.system.clearFaults()
            let isToldAtLast = try await company.poll { facts, told in facts == Set(told) }
            let told = try await Self.told(company.database)
            #expect(isToldAtLast && told.count == Set(told).count)
            #expect(try await Self.pending(company.database).isEmpty)
        }
    }

    private static func pending(_ database: SQLiteDatabase) async throws -> [String] {
        try await database.read { sql in
            try sql.query("SELECT document_key FROM pending").map { try $0.text("document_key") }
        }
    }

    private static func events(_ database: SQLiteDatabase) async throws -> [Event] {
        try await database.read { sql in
            try sql.query("SELECT bytes FROM outbox WHERE kind = 'event'").map {
                try Event(bytes: try $0.blob("bytes"))
            }
        }
    }

    /// What the spool holds to be sent, as `document transition/version`; readings of masters left out.
    private static func told(_ database: SQLiteDatabase) async throws -> [String] {
        try await events(database).compactMap { event in
            guard case .named(let version) = event.version else { return nil }
            let key = event.businessKey.split(separator: "@")[0].split(separator: ":")[1].replacing(
                "/", with: "")
            return "\(key) \(event.transition)/\(version)"
        }
    }
}
