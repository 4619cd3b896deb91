import AgentCore
import ConnectorProtocol
import FoundationEssentials
import SAPAccess
import TestSupport
import Testing
import YAMLDocument

@Suite("Definitions of feeds")
struct FeedDefinitionTests {
    private static func builtIn(_ name: String) throws -> String {
        try #require(AgentResource.texts(in: "Feeds").first { $0.name == "\(name).yaml" }).text
    }

    @Test("The binary carries all feeds, and their types have the fields of the protocol")
    func builtIn() throws {
        let catalogue = try FeedCatalogue.builtIn()
        #expect(
            catalogue.feeds.map(\.name) == [
                "purchase_order", "purchasing_group", "user", "vendor", "vendor_invoice",
            ])
        #expect(catalogue.documents.map(\.name) == ["purchase_order", "vendor_invoice"])
        let schemas = catalogue.feeds.flatMap(\.schemas)
        #expect(Set(schemas.map(\.key)) == Set(BuiltInEventType.allCases.map(\.rawValue)))
        for (type, schema) in schemas { #expect(schema == BuiltInSchemas.schema(named: type)) }
        let orders = try #require(catalogue.feed("purchase_order")?.document)
        #expect(orders.streams.map(\.stream.name) == ["purchase_order.created", "purchase_order.changed"])
        #expect(orders.streams.map(\.stream.isDateOnly) == [true, false])
    }

    @Test("The allow-list holds what the files name, and nothing else")
    func allowList() throws {
        let allowed = try FeedCatalogue.builtIn().allowed
        #expect(
            allowed.tables == [
                "ADR2", "ADR6", "ADRC", "BKPF", "CDHDR", "CDPOS", "EKET", "EKKO", "EKPO", "LFA1", "RBKP",
                "RSEG",
                "T024", "TCURX", "USR21",
            ])
        #expect(allowed.functions == ["BAPI_INCOMINGINVOICE_GETDETAIL", "BAPI_PO_GETDETAIL1"])
        #expect(allowed.columns(of: "USR21") == ["ADDRNUMBER", "BNAME", "PERSNUMBER"])
        #expect(allowed.columns(of: "EKET") == ["EBELN", "EBELP", "EINDT", "ETENR"])
        #expect(throws: SAPAccessError.notAllowed(what: "column LFA1-STCD1")) {
            try allowed.check(table: "LFA1", columns: ["LIFNR", "STCD1"])
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var find: String
        var put: String
        var says: String
        var testDescription: String { says }
    }

    @Test(
        "What is wrong in a file is said with its place",
        arguments: [
            Wrong(find: "feed: purchase_order", put: "feed: Orders!", says: "a name of small letters"),
            Wrong(find: "  table: EKKO", put: "  tabel: EKKO", says: "did you mean \"table\"?"),
            Wrong(find: "date: AEDAT", put: "date: aedat", says: "a name of SAP's dictionary in capitals"),
            Wrong(
                find: "  stands_in: [ERNAM, BUKRS, BSART, LIFNR]\n", put: "", says: "\"stands_in\" is missing"
            ),
            Wrong(find: "by: entry_stamp", put: "by: entry_stmp", says: "did you mean \"entry_stamp\"?"),
            Wrong(find: "class: EINKBELEG", put: "klass: EINKBELEG", says: "did you mean \"class\"?"),
            Wrong(find: "reason: held", put: "reason: parked", says: "one of held, awaiting_release"),
            Wrong(
                find: "stream: created", put: "stream: made",
                says: "one of the feed's streams: changed, created"),
            Wrong(
                find: "version: once", put: "version: change_document",
                says: "the stream created finds no change documents"),
            Wrong(
                find: "{EBELN: header.EBELN}, order", put: "{}, order", says: "a whole table is never read"),
            Wrong(
                find: "vendor: header.LIFNR\n", put: "vendor: head.LIFNR\n",
                says: "no rows are called \"head\""),
            Wrong(
                find: "header.LIFNR}\n  vendor_name", put: "LIFNR}\n  vendor_name",
                says: "expected as rows.COLUMN"),
            Wrong(find: "company_code:", put: "compny_code:", says: "the event has no field \"compny_code\""),
            Wrong(
                find: "quantity: {from: items.MENGE, as: quantity}", put: "quantity: {from: items.MENGE}",
                says: "\"as\" must say what number it is"),
            Wrong(
                find: "quantity: {from: items.MENGE, as: quantity}",
                put: "quantity: {from: items.MENGE, as: table_amount}", says: "no amount of money"),
            Wrong(
                find: "        from: items.NETWR\n        as: table_amount",
                put: "        from: items.NETWR\n        as: quantity",
                says: "is an amount of money"),
            Wrong(
                find: "document_date: {from: header.BEDAT}",
                put: "document_date: {from: header.BEDAT, as: text}",
                says: "of kind date"),
            Wrong(
                find: "total: items.net_value", put: "total: items.text", says: "a decimal field of a list"),
            Wrong(find: "currency: {from:", put: "currency: {form:", says: "where the value comes from"),
            Wrong(
                find: "results: {POITEM: detail_items", put: "results: {POITEM: items",
                says: "are there already"),
            Wrong(find: "EKKO-FRGKE: [R, G]", put: "EKKO.FRGKE: [R, G]", says: "expected as TABLE-COLUMN"),
            Wrong(
                find: "type: sap.purchase_order.effective", put: "type: sap.vendor_invoice.posted",
                says: "the events of one feed have the same fields"),
        ])
    func wrong(_ wrong: Wrong) throws {
        let text = try Self.builtIn("purchase_order")
        let range = try #require(text.firstRange(of: wrong.find))
        let line = text[..<range.lowerBound].split(separator: "\n", omittingEmptySubsequences: false).count
        let changed = text[..<range.lowerBound] + wrong.put + text[range.upperBound...]
        let error = #expect(throws: YAMLError.self) {
            try FeedDefinition(yaml: String(changed), file: "orders.yaml")
        }
        #expect(error?.problem.contains(wrong.says) == true, "\(error.map { "\($0)" } ?? "no error")")
        let where_ = try #require(error).line
        // Near the mistake: what is missing is said where it should stand.
        #expect(abs(where_ - line) <= 8, "line \(where_) is far from \(line)")
    }

    @Test("A customer's file takes the place of a built-in feed and adds fields under numbers of its own")
    func ownFile() async throws {
        let folder = try TemporaryFolder()
        let text = try Self.builtIn("purchase_order").replacing(
            "record:\n  number:",
            with: "record:\n  project: {from: header.ZZPROJECT, as: key, number: 1001, length: 24}\n  number:"
        )
        try Data(text.utf8).write(to: URL(filePath: folder.file("orders.yaml")))
        let catalogue = try FeedCatalogue.load(from: folder.path)
        #expect(catalogue.feeds.count == 5)
        let world = try FeedWorld(catalogue: catalogue)
        world.putOrder("4500000001", ["ZZPROJECT": "P-17"])
        let outcome = try await world.reader("purchase_order")
            .read([try key("4500000001")], stream: "purchase_order.created").first
        let draft = try #require(outcome?.facts?.first)
        #expect(draft.schema.field("project")?.number == 1_001)
        let record = try ReadRecord(draft)
        #expect(record["project"] == "P-17" && record["total_net"] == "261.00")
        // Who knows the built-in fields alone reads them all the same.
        let known = try RecordDecoder.decode(
            draft.data, by: BuiltInSchemas.schema(of: .purchaseOrderCreated).fields)
        #expect(known[1] == .text("4500000001"))
    }

    @Test("A file that extends a built-in feed says only what is different")
    func extending() async throws {
        let text = """
            extends: purchase_order
            events:
              effective_by_release:
                transition: effective
                type: sap.purchase_order.effective
                stream: changed
                version: change_document
                changed_to: {EKKO-FRGKE: "2"}
            reads:
              project: {table: ZPROJECT, by: {ID: header.ZZPROJECT}, optional: true}
            record:
              project: {from: project.NAME, number: 1001, length: 40}
            """
        let base = AgentResource.texts(in: "Feeds")
        let catalogue = try FeedCatalogue(files: [(name: "z.yaml", text: text)], over: base)
        let world = try FeedWorld(catalogue: catalogue)
        world.putOrder("4500000001", ["ZZPROJECT": "P-17", "FRGGR": "02", "FRGSX": "S1", "FRGKE": "2"])
        world.sap.put("ZPROJECT", ["ID": "P-17", "NAME": "New hall"])
        world.putChange("4500000001", "0000001001", at: "20261125091000", [("EKKO", "FRGKE", "1", "2")])
        let found = try key("4500000001", "20261125091000", version: "000000100120261125091000")
        let outcome = try await world.reader("purchase_order")
            .read([found], stream: "purchase_order.changed").first
        #expect(outcome?.names == ["effective/000000100120261125091000"])
        #expect(try ReadRecord(try #require(outcome?.facts?.first))["project"] == "New hall")
        let wrong = text.replacing("number: 1001, length", with: "number: 1001, lenght")
        let error = #expect(throws: YAMLError.self) {
            try FeedCatalogue(files: [(name: "z.yaml", text: wrong)], over: base)
        }
        #expect(error?.file == "z.yaml" && error?.line == 12)
        #expect(throws: YAMLError.self) {
            try FeedCatalogue(files: [(name: "z.yaml", text: "extends: purchase_orders")], over: base)
        }
    }

    @Test("A number of a built-in field is not given to another, and a master must be there")
    func refused() throws {
        let text = try Self.builtIn("purchase_order")
        let stolen = text.replacing(
            "record:\n", with: "record:\n  project: {from: header.ZZPROJECT, number: 24}\n")
        #expect(throws: YAMLError.self) { try FeedDefinition(yaml: stolen, file: "orders.yaml") }
        #expect(throws: YAMLError.self) { try FeedCatalogue(files: [(name: "orders.yaml", text: text)]) }
    }

    @Test("A table of the customer's own becomes events of a type of its own")
    func ownTable() async throws {
        let text = """
            feed: complaint
            document:
              object: complaint
              table: ZQM_COMPLAINT
              key: {PLANT: 4, NUMBR: 8}
              date: ERDAT
              time: ERZET
              subject: [PLANT, NUMBR]
              currency: header.WAERS
            streams: {opened: {by: entry_stamp}}
            waits: [{reason: held, when: {header.STATE: H}, tells: false}]
            events:
              opened: {transition: opened, type: z.complaint.opened, stream: opened, version: once}
            record:
              number: {from: header.NUMBR, as: key, number: 1, length: 8}
              currency: {from: header.WAERS, number: 2, length: 5}
              damage: {from: header.DMBTR, as: table_amount, number: 3, length: 15}
              urgent: {from: header.URGENT, as: flag, number: 4}
            """
        let catalogue = try FeedCatalogue(files: [(name: "complaint.yaml", text: text)])
        let world = try FeedWorld(catalogue: catalogue)
        world.sap.put(
            "ZQM_COMPLAINT",
            [
                "PLANT": "HA", "NUMBR": "00000017", "ERDAT": "20261125", "ERZET": "240000", "WAERS": "JPY",
                "DMBTR": " 1.50-", "URGENT": "X",
            ])
        let reader = try world.reader("complaint")
        let found = try await reader.keys(
            stream: "complaint.opened", from: try key("", "20261125000000").stamp,
            through: try key("", "20261126000000").stamp)
        #expect(found.map(\.documentKey) == ["HA  00000017"])
        let draft = try #require(await reader.read(found, stream: "complaint.opened").first?.facts?.first)
        #expect(draft.businessKey == "complaint:HA/00000017@20261125/240000" && draft.subject == "HA/17")
        #expect("\(draft.time)" == "2026-11-26 00:00:00")
        let record = try ReadRecord(draft)
        #expect(record["damage"] == "-150" && record["urgent"] == "true")
        #expect(draft.schema.field("damage")?.currency == .sibling(2))
        #expect(try await reader.stirred(found, stream: "complaint.opened") == found)
    }
}
