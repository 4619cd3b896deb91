import AgentCore
import ConnectorProtocol
import SAPAccess
import Synchronization
import Testing
import Values

/// The built-in feeds over a SAP in memory, with masters and customizing as a small company has them.
struct FeedWorld {
    let sap: InMemorySAP
    let catalogue: FeedCatalogue

    init(now: String = "20261125093000", catalogue: FeedCatalogue? = nil) throws {
        self.catalogue = try catalogue ?? FeedCatalogue.builtIn()
        sap = InMemorySAP(now: try #require(LocalDateTime(sap: now)), allowed: self.catalogue.allowed)
        sap.put("TCURX", ["CURRKEY": "JPY", "CURRDEC": "  0 "], ["CURRKEY": "KWD", "CURRDEC": "  3 "])
        sap.put(
            "LFA1",
            [
                "LIFNR": "0000100001", "NAME1": "Brandt Schrauben GmbH", "LAND1": "DE", "ORT01": "Hagen",
                "SPRAS": "D", "ADRNR": "0000020001", "KTOKK": "LIEF",
            ])
        sap.put(
            "ADR6",
            [
                "ADDRNUMBER": "0000020001", "CONSNUMBER": "002", "FLGDEFAULT": "X",
                "SMTP_ADDR": "orders@brandt.example",
            ],
            ["ADDRNUMBER": "0000020001", "CONSNUMBER": "001", "SMTP_ADDR": "info@brandt.example"],
            [
                "ADDRNUMBER": "0000020001", "CONSNUMBER": "003", "FLG_NOUSE": "X",
                "SMTP_ADDR": "gone@brandt.example",
            ],
            [
                "ADDRNUMBER": "0000010000", "PERSNUMBER": "0000030000", "CONSNUMBER": "001",
                "SMTP_ADDR": "miller@buyer.example",
            ])
        sap.put(
            "ADR2",
            [
                "ADDRNUMBER": "0000010000", "PERSNUMBER": "0000030000", "CONSNUMBER": "001", "R3_USER": "1",
                "TEL_NUMBER": "2331 4711", "TEL_EXTENS": "12", "COUNTRY": "DE", "FLGDEFAULT": "X",
            ],
            [
                "ADDRNUMBER": "0000010000", "PERSNUMBER": "0000030000", "CONSNUMBER": "002", "R3_USER": "3",
                "TEL_NUMBER": "0171 5550000", "COUNTRY": "DE",
            ])
        sap.put("USR21", ["BNAME": "MILLER", "PERSNUMBER": "0000030000", "ADDRNUMBER": "0000010000"])
        sap.put(
            "T024",
            [
                "EKGRP": "001", "EKNAM": "Fasteners", "SMTP_ADDR": "fasteners@buyer.example",
                "TEL_NUMBER": "2331 4700",
            ])
    }

    /// A reader of one of the feeds.
    func reader(_ feed: String) throws -> SAPFeedReader {
        let definition = try #require(catalogue.feed(feed))
        return try #require(
            SAPFeedReader(
                definition: definition, masters: catalogue.masters, source: sap,
                currencies: CurrencyTable(source: sap)))
    }

    /// An order of two items, the second deleted.
    func putOrder(
        _ number: String, currency: String = "EUR", created: String = "20261125",
        _ more: InMemorySAP.Row = [:],
    ) {
        let header = [
            "EBELN": number, "BSTYP": "F", "BSART": "NB", "BUKRS": "1000", "AEDAT": created,
            "ERNAM": "MILLER",
            "LIFNR": "0000100001", "EKORG": "1000", "EKGRP": "001", "WAERS": currency, "BEDAT": created,
            "ZTERM": "0001",
        ]
        sap.put("EKKO", header.merging(more) { $1 })
        sap.put(
            "EKPO",
            [
                "EBELN": number, "EBELP": "00020", "LOEKZ": "L", "TXZ01": "Cancelled", "MENGE": "     1.000 ",
                "MEINS": "ST", "NETPR": "  999.00 ", "PEINH": "    1 ", "NETWR": "     999.00 ",
            ],
            [
                "EBELN": number, "EBELP": "00010", "TXZ01": "Bolt M8 'zinc'", "MATNR": "000000000000004711",
                "MENGE": "    10.000 ", "MEINS": "ST", "NETPR": "   25.00 ", "PEINH": "    1 ",
                "NETWR": "     250.00 ", "WERKS": "1000",
            ],
            [
                "EBELN": number, "EBELP": "00030", "TXZ01": "Nut M8", "MENGE": "     2.000 ", "MEINS": "ST",
                "NETPR": "    5.50 ", "PEINH": "    1 ", "NETWR": "      11.00 ",
            ])
        sap.put(
            "EKET",
            ["EBELN": number, "EBELP": "00010", "ETENR": "0001", "EINDT": "20261210"],
            ["EBELN": number, "EBELP": "00010", "ETENR": "0002", "EINDT": "20261203"],
            ["EBELN": number, "EBELP": "00030", "ETENR": "0001", "EINDT": "20270115"],
            ["EBELN": number, "EBELP": "00020", "ETENR": "0001", "EINDT": "20300101"])
    }

    /// A change document with its items: table, column, old and new value.
    func putChange(
        _ order: String, _ number: String, at stamp: String, kind: String = "U",
        _ items: [(table: String, column: String, old: String, new: String)],
    ) {
        sap.put(
            "CDHDR",
            [
                "OBJECTCLAS": "EINKBELEG", "OBJECTID": order, "CHANGENR": number, "USERNAME": "SCHMIDT",
                "UDATE": String(stamp.prefix(8)), "UTIME": String(stamp.suffix(6)), "TCODE": "ME22N",
                "CHANGE_IND": kind,
            ])
        for item in items {
            sap.put(
                "CDPOS",
                [
                    "OBJECTCLAS": "EINKBELEG", "OBJECTID": order, "CHANGENR": number, "TABNAME": item.table,
                    "TABKEY": "100" + order, "FNAME": item.column, "CHNGIND": "U", "VALUE_OLD": item.old,
                    "VALUE_NEW": item.new,
                ])
        }
    }

    /// An invoice with one item, its FI document only where it is posted, and what the BAPI says of it.
    func putInvoice(
        _ number: String, status: String = "5", currency: String = "EUR", gross: String = "297.5000",
        isPosted: Bool = true, _ more: InMemorySAP.Row = [:],
    ) {
        let header = [
            "BELNR": number, "GJAHR": "2026", "BLART": "RE", "BLDAT": "20261120", "BUDAT": "20261125",
            "USNAM": "SCHMIDT", "TCODE": "MIRO", "CPUDT": "20261125", "CPUTM": "092501", "XBLNR": "R-2026/17",
            "BUKRS": "1000", "LIFNR": "0000100001", "WAERS": currency, "RMWWR": "    297.50 ",
            "WMWST1": "     47.50 ", "ZTERM": "0002", "XRECH": "X", "RBSTAT": status, "ZBD1T": " 14 ",
            "ZBD1P": " 2.000 ", "ZBD2T": " 30 ", "ZBD2P": " 0.000 ", "ZBD3T": "  0 ",
        ]
        sap.put("RBKP", header.merging(more) { $1 })
        sap.put(
            "RSEG",
            [
                "BELNR": number, "GJAHR": "2026", "BUZEI": "000001", "EBELN": "4500000001", "EBELP": "00010",
                "WRBTR": "    250.00 ", "MENGE": "    10.000 ", "BSTME": "ST", "SPGRP": "X",
            ])
        if isPosted { putPosting(number) }
        sap.content.withLock { content in
            content.answers["BAPI_INCOMINGINVOICE_GETDETAIL \(number)"] = [
                "HEADERDATA": .record([
                    "GROSS_AMNT": .text(gross), "BLINE_DATE": .text("20261120"), "PMNT_BLOCK": .text("R"),
                ]),
                "RETURN": .table([]),
            ]
        }
    }

    func putPosting(_ number: String) {
        sap.put(
            "BKPF",
            [
                "BUKRS": "1000", "BELNR": "5100000017", "GJAHR": "2026", "AWTYP": "RMRP",
                "AWKEY": number + "2026", "CPUDT": "20261125", "CPUTM": "092502",
            ],
            [
                "BUKRS": "2000", "BELNR": "5100000018", "GJAHR": "2026", "AWTYP": "RMRP",
                "AWKEY": number + "2026", "CPUDT": "20261125", "CPUTM": "092502",
            ])
    }
}

/// A key of a document.
func key(_ document: String, _ stamp: String = "20261125000000", version: String? = nil) throws -> StampedKey
{
    StampedKey(documentKey: document, stamp: try #require(LocalDateTime(sap: stamp)), version: version)
}

extension DocumentOutcome {
    /// What is told; nil for any other outcome.
    var facts: [DraftEvent]? {
        if case .events(let drafts, _, _) = self { drafts } else { nil }
    }

    /// Transition and version of each fact.
    var names: [String] {
        (facts ?? []).map { draft in
            switch draft.version {
            case .once: "\(draft.transition)/1"
            case .changeDocument(let version): "\(draft.transition)/\(version)"
            case .reading: draft.transition
            }
        }
    }

    var watch: WatchReason? {
        if case .events(_, _, let watch) = self { watch } else { nil }
    }

    var errorClass: String? {
        if case .failed(let errorClass, _) = self { errorClass } else { nil }
    }
}

/// The fields of an event's record by name: numbers and dates as texts, lists as lists of records.
struct ReadRecord {
    let values: Record
    let fields: [FieldSchema]

    init(_ draft: DraftEvent) throws {
        values = try RecordDecoder.decode(draft.data, by: draft.schema.fields)
        fields = draft.schema.fields
    }

    init(values: Record, fields: [FieldSchema]) {
        self.values = values
        self.fields = fields
    }

    /// A value as text, nil where it is absent.
    subscript(name: String) -> String? {
        guard let field = fields.first(where: { $0.name == name }), let value = values[field.number] else {
            return nil
        }
        return Self.text(value)
    }

    /// Records of a list, or the one record.
    func records(_ name: String) -> [ReadRecord] {
        guard let field = fields.first(where: { $0.name == name }) else { return [] }
        switch values[field.number] {
        case .list(let items):
            return items.compactMap { item in
                if case .record(let record) = item {
                    ReadRecord(values: record, fields: field.fields)
                } else {
                    nil
                }
            }
        case .record(let record): return [ReadRecord(values: record, fields: field.fields)]
        default: return []
        }
    }

    private static func text(_ value: RecordValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .decimal(let number): "\(number)"
        case .date(let date): "\(date)"
        case .timeOfDay(let time): "\(time)"
        case .timestamp(let instant): "\(instant)"
        case .bytes(let bytes): "\(bytes)"
        case .record: "record"
        case .list(let items): items.map(text).joined(separator: ", ")
        }
    }
}
