import AgentCore
import ConnectorProtocol
import SAPAccess
import Synchronization
import Testing
import Values

@Suite("The feed of purchase orders")
struct PurchaseOrderFeedTests {
    private static let day = "20261125000000"

    private static func at(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    @Test(
        "An order is found by its date and told with items, total, delivery dates and buyer, by tables alone")
    func created() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001")
        world.putOrder("4500000002", created: "20261120")
        world.sap.put("EKKO", ["EBELN": "6000000001", "BSTYP": "A", "AEDAT": "20261125"])
        let reader = try world.reader("purchase_order")
        let keys = try await reader.keys(
            stream: "purchase_order.created", from: try Self.at(Self.day),
            through: try Self.at("20261125235959"))
        #expect(keys == [try key("4500000001")])
        let outcome = try #require(await reader.read(keys, stream: "purchase_order.created").first)
        #expect(outcome.names == ["created/1", "effective/1"])
        let draft = try #require(outcome.facts?.first)
        #expect(draft.type == "sap.purchase_order.created")
        #expect(draft.businessKey == "purchase_order:4500000001@20261125/MILLER/1000/NB/0000100001")
        #expect(draft.subject == "4500000001")
        #expect(
            draft.timeIsDateOnly && "\(draft.time)" == "2026-11-25 00:00:00" && draft.offsetSeconds == 3_600)
        #expect(draft.schema == BuiltInSchemas.schema(of: .purchaseOrderCreated))
        let record = try ReadRecord(draft)
        #expect(record["total_net"] == "261.00")
        #expect(
            record["delivery_date_earliest"] == "2026-12-03" && record["delivery_date_latest"] == "2027-01-15"
        )
        #expect(
            record["vendor_name"] == "Brandt Schrauben GmbH"
                && record["vendor_email"] == "orders@brandt.example")
        #expect(record["release_state"] == nil && record["change_number"] == nil)
        let buyer = try #require(record.records("buyer").first)
        #expect(buyer["user"] == "MILLER" && buyer["email"] == "miller@buyer.example")
        let phones = buyer.records("phones")
        #expect(phones.map { $0["kind"] } == ["mobile", "telephone"])
        #expect(phones.first?["number"] == "0171 5550000" && phones.first?["country"] == "DE")
        let items = record.records("items")
        #expect(items.map { $0["number"] } == ["00010", "00020", "00030"])
        #expect(items.map { $0["deleted"] } == ["false", "true", "false"])
        #expect(items.first?["text"] == "Bolt M8 'zinc'" && items.first?["delivery_date"] == "2026-12-03")
        #expect(items.first?["quantity"] == "10.000" && items.first?["net_price"] == "25.00")
        #expect(!world.sap.log.contains("BAPI_PO_GETDETAIL1"))
    }

    @Test(
        "Amounts of tables are shifted by the currency's decimals",
        arguments: [("EUR", "261.00"), ("JPY", "26100"), ("KWD", "26.100")])
    func currencies(currency: String, total: String) async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001", currency: currency)
        let outcome = try await world.reader("purchase_order")
            .read([try key("4500000001")], stream: "purchase_order.created").first
        let record = try ReadRecord(try #require(outcome?.facts?.first))
        #expect(record["total_net"] == total && record["currency"] == currency)
    }

    @Test("Several orders cost one read of each table, and name their masters")
    func batch() async throws {
        let world = try FeedWorld()
        for number in 1...9 { world.putOrder("450000000\(number)") }
        let keys = try (1...9).map { try key("450000000\($0)") }
        let outcomes = try await world.reader("purchase_order").read(keys, stream: "purchase_order.created")
        #expect(outcomes.allSatisfy { $0.names == ["created/1", "effective/1"] })
        #expect(
            world.sap.log.sorted() == [
                "ADR2", "ADR6", "ADR6", "EKET", "EKKO", "EKPO", "LFA1", "TCURX", "USR21",
            ])
        guard case .events(_, let masters, nil) = outcomes[0] else { throw Unexpected() }
        #expect(
            masters == [
                MasterReference(feed: "vendor", key: "0000100001"),
                MasterReference(feed: "purchasing_group", key: "001"),
                MasterReference(feed: "user", key: "MILLER"),
            ])
    }

    @Test("A held order is not told; one with a release strategy is told as created and looked at again")
    func heldAndReleased() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001", ["MEMORY": "X"])
        world.putOrder("4500000002", ["FRGGR": "02", "FRGSX": "S1", "FRGKE": "B", "FRGRL": "X"])
        world.putOrder("4500000003", ["FRGGR": "02", "FRGSX": "S1", "FRGKE": "R"])
        world.putChange("4500000003", "0000001001", at: "20261125091000", [("EKKO", "FRGKE", "B", "R")])
        world.putOrder("4500000004", ["FRGGR": "02", "FRGSX": "S2", "FRGKE": "R"])
        world.putChange("4500000004", "0000001002", at: "20261125091100", [("EKPO", "NETPR", "1", "2")])
        let reader = try world.reader("purchase_order")
        let keys = try (1...4).map { try key("450000000\($0)") }
        let outcomes = await reader.read(keys, stream: "purchase_order.created")
        guard case .notFinal(.held) = outcomes[0] else { throw Unexpected() }
        #expect(outcomes[1].names == ["created/1"] && outcomes[1].watch == .awaitingRelease)
        #expect(outcomes[2].names == ["created/1"] && outcomes[2].watch == nil)
        // Nothing had to be released: no change document will ever say that it is.
        #expect(outcomes[3].names == ["created/1", "effective/1"] && outcomes[3].watch == nil)
    }

    @Test("What is deleted is not waited for")
    func deleted() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001", ["MEMORY": "X", "LOEKZ": "L"])
        world.putOrder("4500000002", ["FRGGR": "02", "FRGSX": "S1", "FRGRL": "X", "LOEKZ": "L"])
        let keys = try (1...2).map { try key("450000000\($0)") }
        let outcomes = try await world.reader("purchase_order").read(keys, stream: "purchase_order.created")
        #expect(outcomes.map(\.names) == [[], ["created/1"]])
        #expect(outcomes.allSatisfy { $0.facts != nil && $0.watch == nil })
    }

    @Test("An order of two thousand items is not read two thousand times over", .timeLimit(.minutes(1)))
    func large() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001")
        world.sap.content.withLock { content in
            for index in 1_000..<3_000 {
                content.tables["EKPO"]?.append([
                    "EBELN": "4500000001", "EBELP": "0\(index)", "NETWR": " 1.00 ", "MENGE": "1",
                    "NETPR": "1",
                    "PEINH": "1",
                ])
                content.tables["EKET"]?.append([
                    "EBELN": "4500000001", "EBELP": "0\(index)", "ETENR": "0001", "EINDT": "20261201",
                ])
            }
        }
        let outcome = try await world.reader("purchase_order")
            .read([try key("4500000001")], stream: "purchase_order.created").first
        let record = try ReadRecord(try #require(outcome?.facts?.first))
        #expect(record["total_net"] == "2261.00" && record["delivery_date_earliest"] == "2026-12-01")
        #expect(record.records("items").last?["delivery_date"] == "2026-12-01")
    }

    @Test("Each change document is an event of its own, with its own rows and the order's one state")
    func changed() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001", created: "20261101")
        world.putChange("4500000001", "0000001000", at: "20261101080000", kind: "I", [])
        world.putChange(
            "4500000001", "0000001001", at: "20261125092000",
            [("EKPO", "MENGE", "        5.000", "       10.000")])
        world.putChange(
            "4500000001", "0000001002", at: "20261125092130", [("EKPO", "NETPR", "24.00", "25.00")])
        let reader = try world.reader("purchase_order")
        let keys = try await reader.keys(
            stream: "purchase_order.changed", from: try Self.at("20261101000000"),
            through: try Self.at("20261125093000"))
        #expect(keys.map(\.version) == ["000000100120261125092000", "000000100220261125092130"])
        let outcomes = await reader.read(keys, stream: "purchase_order.changed")
        #expect(
            outcomes.map(\.names) == [
                ["changed/000000100120261125092000"], ["changed/000000100220261125092130"],
            ])
        let first = try #require(outcomes[0].facts?.first)
        #expect("\(first.time)" == "2026-11-25 09:20:00" && !first.timeIsDateOnly)
        #expect(first.businessKey == "purchase_order:4500000001@20261101/MILLER/1000/NB/0000100001")
        let records = try outcomes.compactMap { try $0.facts?.first.map(ReadRecord.init) }
        #expect(records.map { $0["total_net"] } == ["261.00", "261.00"])
        #expect(records.map { $0["changed_by"] } == ["SCHMIDT", "SCHMIDT"])
        #expect(records.map { $0["changed_at"] } == ["09:20:00", "09:21:30"])
        let rows = records.map { $0.records("changes") }
        #expect(rows.map { $0.map { $0["field"] } } == [["MENGE"], ["NETPR"]])
        #expect(rows[0][0]["old_value"] == "5.000" && rows[0][0]["new_value"] == "10.000")
        // Keys that come from the relay carry no hints.
        let bare = keys.map { StampedKey(documentKey: $0.documentKey, stamp: $0.stamp, version: $0.version) }
        let again = await reader.read(bare, stream: "purchase_order.changed")
        #expect(again.compactMap { $0.facts?.first?.data } == outcomes.compactMap { $0.facts?.first?.data })
    }

    @Test("A release makes an order effective by its change document, and is no change")
    func released() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001", ["FRGGR": "02", "FRGSX": "S1", "FRGKE": "R"])
        world.putOrder("4500000002")
        world.putOrder("4500000003", ["MEMORY": "X"])
        world.sap.put("EKKO", ["EBELN": "4600000001", "BSTYP": "K"])
        let partly = try key("4500000001", "20261125091000", version: "000000100120261125091000")
        let fully = try key("4500000001", "20261125092000", version: "000000100220261125092000")
        let removed = try key("4500000002", "20261125092100", version: "000000100320261125092100")
        let held = try key("4500000003", "20261125092200", version: "000000100420261125092200")
        let contract = try key("4600000001", "20261125092300", version: "000000100520261125092300")
        let gone = try key("4500000001", "20261125092400", version: "000000100920261125092400")
        world.putChange("4500000001", "0000001001", at: "20261125091000", [("EKKO", "FRGZU", "", "X")])
        world.putChange(
            "4500000001", "0000001002", at: "20261125092000",
            [("EKKO", "FRGKE", "B", "R"), ("EKKO", "PROCSTAT", "03", "05")])
        world.putChange(
            "4500000002", "0000001003", at: "20261125092100",
            [("EKKO", "FRGSX", "S1", ""), ("EKPO", "NETPR", "90.00", "25.00")])
        world.putChange("4500000003", "0000001004", at: "20261125092200", [("EKPO", "MENGE", "1", "2")])
        world.putChange("4600000001", "0000001005", at: "20261125092300", [("EKPO", "KTMNG", "1", "2")])
        let outcomes = try await world.reader("purchase_order")
            .read([partly, fully, removed, held, contract, gone], stream: "purchase_order.changed")
        #expect(
            outcomes.map(\.names) == [
                [], ["effective/000000100220261125092000"],
                ["changed/000000100320261125092100", "effective/1"],
                [], [], [],
            ])
        guard case .notVisible = outcomes[5] else { throw Unexpected() }
        #expect(outcomes.prefix(5).allSatisfy { $0.facts != nil && $0.watch == nil })
    }

    @Test("A number that the table read has cut off is taken from the BAPI, in the currency's own decimals")
    func cut() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001", currency: "JPY")
        world.putOrder("4500000002")
        world.sap.change("EKPO", where: "EBELP", is: "00010") { row in
            if row["EBELN"] == "4500000001" { row["NETWR"] = "*291847608.00" }
        }
        world.sap.content.withLock { content in
            content.answers["BAPI_PO_GETDETAIL1 4500000001"] = [
                "POITEM": .table([
                    [
                        "PO_ITEM": .text("00010"), "QUANTITY": .text("10.000"), "CONV_NUM1": .text("0"),
                        "CONV_DEN1": .text("0"), "PRICE_UNIT": .text("1"),
                        "NET_PRICE": .text("129184760800.000000000"),
                    ]
                ]), "POACCOUNT": .table([]), "RETURN": .table([]),
            ]
        }
        let reader = try world.reader("purchase_order")
        let keys = [try key("4500000001"), try key("4500000002")]
        let outcomes = await reader.read(keys, stream: "purchase_order.created")
        let records = try outcomes.map { try ReadRecord(try #require($0.facts?.first)) }
        #expect(records[0].records("items")[0]["net_value"] == "1291847608000")
        #expect(records[0]["total_net"] == "1291847609100")
        #expect(records[1]["total_net"] == "261.00")
        #expect(world.sap.log.count { $0 == "BAPI_PO_GETDETAIL1" } == 1)
        world.sap.content.withLock { $0.answers = [:] }
        let without = await reader.read(keys, stream: "purchase_order.created")
        #expect(without[0].errorClass == "unreadable" && without[1].facts?.count == 2)
    }

    @Test("Account assignment comes from the BAPI, and its refusal costs that document only")
    func accountAssignment() async throws {
        let world = try FeedWorld()
        for number in 1...3 { world.putOrder("450000000\(number)") }
        world.sap.change("EKPO", where: "EBELP", is: "00010") { row in
            if row["EBELN"] != "4500000003" { row["KNTTP"] = "K" }
        }
        world.sap.content.withLock { content in
            content.answers["BAPI_PO_GETDETAIL1 4500000001"] = [
                "POITEM": .table([]),
                "POACCOUNT": .table([["PO_ITEM": .text("00010"), "COSTCENTER": .text("0000004100")]]),
                "RETURN": .table([]),
            ]
            content.answers["BAPI_PO_GETDETAIL1 4500000002"] = [
                "RETURN": .table([
                    [
                        "TYPE": .text("E"), "ID": .text("ME"), "NUMBER": .text("303"),
                        "MESSAGE": .text("No authorization for purchasing group 001"),
                    ]
                ])
            ]
        }
        let outcomes = try await world.reader("purchase_order")
            .read(try (1...3).map { try key("450000000\($0)") }, stream: "purchase_order.created")
        let record = try ReadRecord(try #require(outcomes[0].facts?.first))
        #expect(record.records("items").map { $0["cost_center"] } == ["0000004100", nil, nil])
        #expect(outcomes[1].errorClass == "rejected")
        #expect(outcomes[2].names == ["created/1", "effective/1"])
    }

    @Test("What cannot be read costs itself alone; a lost connection is said of every document")
    func failures() async throws {
        let world = try FeedWorld()
        for number in 1...3 { world.putOrder("450000000\(number)") }
        world.sap.change("EKKO", where: "EBELN", is: "4500000002") { $0["BEDAT"] = "20261399" }
        let keys = try (1...4).map { try key("450000000\($0)") }
        let reader = try world.reader("purchase_order")
        let outcomes = await reader.read(keys, stream: "purchase_order.created")
        #expect(outcomes.map(\.errorClass) == [nil, "unreadable", nil, nil])
        guard case .notVisible = outcomes[3] else { throw Unexpected() }
        // A read that dumps because of one document is made again for each alone.
        world.sap.content.withLock { $0.poison = "20261399" }
        let alone = await reader.read(keys, stream: "purchase_order.created")
        #expect(alone.map(\.errorClass) == [nil, "rejected", nil, nil])
        #expect(alone[2].names == ["created/1", "effective/1"])
        world.sap.content.withLock { content in
            content.poison = nil
            content.failures["EKPO"] = .deadline(what: "RFC_READ_TABLE")
            content.failures["now"] = .deadline(what: "STFC_STRUCTURE")
        }
        let lost = await reader.read(keys, stream: "purchase_order.created")
        #expect(lost.allSatisfy { $0.errorClass == "unavailable" })
    }

    @Test("Without authorisation for addresses an order is told without them")
    func optionalReads() async throws {
        let world = try FeedWorld()
        world.putOrder("4500000001")
        world.sap.content.withLock { content in
            content.failures["USR21"] = .rfc(
                RFCError(
                    operation: "RFC_READ_TABLE", origin: .call, code: .abapException, key: "NOT_AUTHORIZED"))
        }
        let outcome = try await world.reader("purchase_order")
            .read([try key("4500000001")], stream: "purchase_order.created").first
        let record = try ReadRecord(try #require(outcome?.facts?.first))
        #expect(record.records("buyer").first?["user"] == "MILLER")
        #expect(record.records("buyer").first?.records("phones").isEmpty == true)
    }
}

/// An outcome of another kind than the test expects.
struct Unexpected: Error {}
