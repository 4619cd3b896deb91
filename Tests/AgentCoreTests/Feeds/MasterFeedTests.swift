import AgentCore
import ConnectorProtocol
import SAPAccess
import Synchronization
import Testing
import Values

@Suite("The feeds of masters")
struct MasterFeedTests {
    private static let references = [
        MasterReference(feed: "vendor", key: "0000100001"), MasterReference(feed: "user", key: "MILLER"),
        MasterReference(feed: "purchasing_group", key: "001"), MasterReference(feed: "user", key: "NOBODY"),
        MasterReference(feed: "material", key: "1"),
    ]

    private static func drafts(_ outcomes: [MasterOutcome]) -> [DraftEvent] {
        outcomes.compactMap { if case .read(let draft) = $0 { draft } else { nil } }
    }

    @Test("Vendor, user and purchasing group are readings with the contacts that SAP has")
    func read() async throws {
        let world = try FeedWorld()
        let outcomes = try await world.reader("purchase_order").readMasters(Self.references)
        let drafts = Self.drafts(outcomes)
        #expect(drafts.map(\.type) == ["sap.vendor", "sap.user", "sap.purchasing_group"])
        #expect(drafts.map(\.businessKey) == ["vendor:0000100001", "user:MILLER", "purchasing_group:001"])
        #expect(drafts.map(\.subject) == ["100001", "MILLER", "001"])
        for outcome in outcomes.suffix(2) {
            guard case .absent = outcome else { throw Unexpected() }
        }
        let records = try drafts.map(ReadRecord.init)
        #expect(records[0]["emails"] == "orders@brandt.example, info@brandt.example")
        #expect(records[0]["name"] == "Brandt Schrauben GmbH" && records[0]["language"] == "de")
        #expect(records[0]["one_time"] == "false" && records[0]["blocked"] == "false")
        #expect(records[1]["emails"] == "miller@buyer.example")
        #expect(records[1].records("phones").map { $0["kind"] } == ["mobile", "telephone"])
        #expect(records[2]["email"] == "fasteners@buyer.example")
        #expect(records[2].records("phones").map { $0["kind"] } == ["telephone"])
    }

    @Test("A reading says between which moments of SAP's clock it was made, 5 s wider on both sides")
    func moments() async throws {
        let world = try FeedWorld()
        let draft = try #require(
            Self.drafts(try await world.reader("purchase_order").readMasters([Self.references[0]])).first)
        guard case .reading(let state, let begun, let ended, nil) = draft.version else { throw Unexpected() }
        #expect(begun == Timestamp(parsing: "2026-11-25T08:29:55Z"))
        #expect(ended == Timestamp(parsing: "2026-11-25T08:30:05Z"))
        #expect(state.count == 64 && draft.transition == "state")
    }

    @Test("The same master has the same state in whatever order its rows come, and another after a change")
    func state() async throws {
        let world = try FeedWorld()
        let reader = try world.reader("purchase_order")
        var states: [DraftEvent.Version] = []
        for _ in 0..<4 {
            states += Self.drafts(await reader.readMasters(Array(Self.references.prefix(1)))).map(\.version)
        }
        #expect(states.count == 4 && Set(states).count == 1)
        world.sap.change("LFA1", where: "LIFNR", is: "0000100001") { $0["SPERR"] = "X" }
        let after = Self.drafts(await reader.readMasters(Array(Self.references.prefix(1))))
        #expect(after.first.map { !states.contains($0.version) } == true)
    }

    @Test("A number that is no longer good is left out")
    func validity() async throws {
        let world = try FeedWorld()
        world.sap.change("ADR2", where: "R3_USER", is: "3") { $0["VALID_TO"] = "20261124235959" }
        let draft = try #require(
            Self.drafts(try await world.reader("purchase_order").readMasters([Self.references[1]])).first)
        #expect(try ReadRecord(draft).records("phones").map { $0["kind"] } == ["telephone"])
    }

    @Test("A master that may not be read fails alone, and a lost connection is unavailable")
    func failures() async throws {
        let world = try FeedWorld()
        world.sap.content.withLock { content in
            content.failures["ADR6"] = .rfc(
                RFCError(
                    operation: "RFC_READ_TABLE", origin: .call, code: .abapException, key: "NOT_AUTHORIZED"))
        }
        let reader = try world.reader("purchase_order")
        let outcomes = await reader.readMasters(Self.references)
        guard case .failed("not_authorized", _) = outcomes[0], case .read = outcomes[2] else {
            throw Unexpected()
        }
        world.sap.content.withLock { $0.failures["now"] = .shutDown }
        guard case .failed("unavailable", _) = await reader.readMasters(Self.references)[0] else {
            throw Unexpected()
        }
    }
}
