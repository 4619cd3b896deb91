/// A day of business that a seed repeats: the same documents in the same order.
///
/// Masters come first, then orders, changes of them, and invoices. Stamps are given from outside.
struct BusinessDay: Sendable {
    private struct Order: Sendable {
        let number: String
        let created: String
        let creator: String
        var quantity: Int
    }

    private static let vendors = 12
    private static let users = ["MILLER", "SCHMIDT", "TANAKA", "KOVACS"]
    private static let groups = ["001", "002", "003"]
    private static let currencies = ["EUR", "EUR", "USD", "JPY", "KWD", "HUF"]

    private let client: String
    private var numbers: SeededNumbers
    private var orders: [Order] = []
    private var lastOrder = 4_500_000_000
    private var lastInvoice = 5_105_600_000
    private var lastChange = 1_000

    init(client: String, seed: UInt64) {
        self.client = client
        numbers = SeededNumbers(seed: seed)
    }

    /// Vendors, purchasing groups and users; every second user has a mobile number, every vendor but two a mail address.
    func masters() -> [(table: String, values: [String: String])] {
        var rows: [(table: String, values: [String: String])] = []
        for index in 1...Self.vendors {
            let address = SAPCalendar.padded(20_000 + index, 10)
            let country = ["DE", "US", "JP", "HU"][index % 4]
            rows.append(
                (
                    "LFA1",
                    [
                        "MANDT": client, "LIFNR": Self.vendor(index), "LAND1": country,
                        "NAME1": "Vendor \(index) Ltd",
                        "ORT01": "Town \(index)", "SPRAS": "E", "ADRNR": address, "KTOKK": "LIEF",
                    ]
                ))
            rows.append(
                (
                    "ADRC",
                    [
                        "CLIENT": client, "ADDRNUMBER": address, "DATE_FROM": "00010101",
                        "NAME1": "Vendor \(index) Ltd",
                    ]
                ))
            if index % 6 != 0 { rows.append(mail(address, "", "orders@vendor\(index).example")) }
        }
        for group in Self.groups {
            rows.append(
                (
                    "T024",
                    [
                        "MANDT": client, "EKGRP": group, "EKNAM": "Group \(group)",
                        "SMTP_ADDR": "group\(group)@buyer.example",
                    ]
                ))
        }
        for (index, user) in Self.users.enumerated() {
            let person = SAPCalendar.padded(30_000 + index, 10)
            rows.append(
                ("USR21", ["MANDT": client, "BNAME": user, "PERSNUMBER": person, "ADDRNUMBER": "0000010000"]))
            rows.append(mail("0000010000", person, "\(user.lowercased())@buyer.example"))
            guard index.isMultiple(of: 2) else { continue }
            let number = "171\(5_550_000 + index)"
            rows.append(
                (
                    "ADR2",
                    [
                        "CLIENT": client, "ADDRNUMBER": "0000010000", "PERSNUMBER": person,
                        "DATE_FROM": "00010101",
                        "CONSNUMBER": "001", "COUNTRY": "DE", "TEL_NUMBER": number,
                        "TELNR_LONG": "+49\(number)",
                        "TELNR_CALL": number, "R3_USER": index == 0 ? "3" : "2", "FLGDEFAULT": "X",
                    ]
                ))
        }
        return rows
    }

    /// The next document: six of ten are orders, two are changes, two are invoices; one of ten commits late.
    mutating func next(_ stamp: (date: String, time: String)) -> DayStep {
        let kind = Int.random(in: 0..<10, using: &numbers)
        let late = Int.random(in: 0..<10, using: &numbers) == 0
        let lateness = late ? Double(Int.random(in: 1...30, using: &numbers)) / 10 : 0
        if kind < 6 || orders.isEmpty { return order(stamp, lateness) }
        let index = Int.random(in: 0..<orders.count, using: &numbers)
        return kind < 8 ? change(index, stamp, lateness) : invoice(orders[index], stamp, lateness)
    }

    private mutating func order(_ stamp: (date: String, time: String), _ lateness: Double) -> DayStep {
        lastOrder += 1
        let number = String(lastOrder)
        let creator = Self.users[Int.random(in: 0..<Self.users.count, using: &numbers)]
        let currency = Self.currencies[Int.random(in: 0..<Self.currencies.count, using: &numbers)]
        let quantity = Int.random(in: 1...50, using: &numbers)
        let order = Order(number: number, created: stamp.date, creator: creator, quantity: quantity)
        orders.append(order)
        let header = [
            "MANDT": client, "EBELN": number, "BUKRS": "1000", "BSTYP": "F", "BSART": "NB",
            "AEDAT": stamp.date,
            "ERNAM": creator, "LIFNR": Self.vendor(Int.random(in: 1...Self.vendors, using: &numbers)),
            "SPRAS": "E",
            "ZTERM": "0001", "EKORG": "1000", "EKGRP": Self.groups[Int.random(in: 0..<3, using: &numbers)],
            "WAERS": currency, "BEDAT": stamp.date,
        ]
        let change = changeHeader("EINKBELEG", number, "I", creator, "ME21N", stamp)
        let facts = ["created", "effective"].map {
            CommittedFact(documentKey: number, creation: stamp.date + creator, transition: $0, version: "1")
        }
        let schedule = [
            "MANDT": client, "EBELN": number, "EBELP": "00010", "ETENR": "0001", "EINDT": stamp.date,
            "MENGE": "\(quantity).000",
        ]
        return DayStep(
            rows: [
                ("EKKO", header), ("EKPO", item(order, stamp.date)), ("EKET", schedule),
                ("CDHDR", change.row),
            ],
            facts: facts, lateness: lateness)
    }

    private mutating func change(
        _ index: Int, _ stamp: (date: String, time: String), _ lateness: Double,
    ) -> DayStep {
        let old = orders[index].quantity
        orders[index].quantity = old + 1
        let order = orders[index]
        let change = changeHeader("EINKBELEG", order.number, "U", order.creator, "ME22N", stamp)
        let position = [
            "MANDANT": client, "OBJECTCLAS": "EINKBELEG", "OBJECTID": order.number, "CHANGENR": change.number,
            "TABNAME": "EKPO", "TABKEY": client + order.number + "00010", "FNAME": "MENGE", "CHNGIND": "U",
            "VALUE_NEW": "\(order.quantity).000", "VALUE_OLD": "\(old).000",
        ]
        let fact = CommittedFact(
            documentKey: order.number, creation: order.created + order.creator, transition: "changed",
            version: change.number + stamp.date + stamp.time)
        return DayStep(
            rows: [("EKPO", item(order, stamp.date)), ("CDHDR", change.row), ("CDPOS", position)],
            facts: [fact],
            lateness: lateness)
    }

    private mutating func invoice(
        _ order: Order, _ stamp: (date: String, time: String), _ lateness: Double,
    ) -> DayStep {
        lastInvoice += 1
        let number = String(lastInvoice)
        let year = String(stamp.date.prefix(4))
        let header = [
            "MANDT": client, "BELNR": number, "GJAHR": year, "BLART": "RE", "BLDAT": stamp.date,
            "BUDAT": stamp.date,
            "USNAM": order.creator, "TCODE": "MIRO", "CPUDT": stamp.date, "CPUTM": stamp.time, "VGART": "RD",
            "XBLNR": "INV-\(number.suffix(6))", "BUKRS": "1000", "LIFNR": Self.vendor(1), "WAERS": "EUR",
            "RMWWR": "\(order.quantity * 25).00", "ZTERM": "0001", "XRECH": "X", "RBSTAT": "5",
            "ZFBDT": stamp.date,
        ]
        let line = [
            "MANDT": client, "BELNR": number, "GJAHR": year, "BUZEI": "000001", "EBELN": order.number,
            "EBELP": "00010", "WRBTR": "\(order.quantity * 25).00", "MENGE": "\(order.quantity).000",
            "SHKZG": "S",
        ]
        let accounting = [
            "MANDT": client, "BUKRS": "1000", "BELNR": number, "GJAHR": year, "BLART": "RE",
            "BLDAT": stamp.date,
            "BUDAT": stamp.date, "CPUDT": stamp.date, "CPUTM": stamp.time, "USNAM": order.creator,
            "WAERS": "EUR",
            "AWTYP": "RMRP", "AWKEY": number + year, "HWAER": "EUR",
        ]
        let facts = ["received", "posted"].map {
            CommittedFact(
                documentKey: number + year, creation: stamp.date + stamp.time, transition: $0, version: "1")
        }
        return DayStep(
            rows: [("RBKP", header), ("RSEG", line), ("BKPF", accounting)], facts: facts, lateness: lateness)
    }

    private func item(_ order: Order, _ date: String) -> [String: String] {
        [
            "MANDT": client, "EBELN": order.number, "EBELP": "00010", "AEDAT": date, "TXZ01": "Bolt M8",
            "BUKRS": "1000", "WERKS": "1000", "MATKL": "001", "MENGE": "\(order.quantity).000", "MEINS": "ST",
            "NETPR": "25.00", "PEINH": "1", "NETWR": "\(order.quantity * 25).00",
        ]
    }

    private mutating func changeHeader(
        _ object: String, _ key: String, _ kind: String, _ user: String, _ transaction: String,
        _ stamp: (date: String, time: String),
    ) -> (number: String, row: [String: String]) {
        lastChange += 1
        let number = SAPCalendar.padded(lastChange, 10)
        return (
            number,
            [
                "MANDANT": client, "OBJECTCLAS": object, "OBJECTID": key, "CHANGENR": number,
                "USERNAME": user,
                "UDATE": stamp.date, "UTIME": stamp.time, "TCODE": transaction, "CHANGE_IND": kind,
                "LANGU": "E",
            ]
        )
    }

    private func mail(_ address: String, _ person: String, _ text: String) -> (
        table: String, values: [String: String]
    ) {
        (
            "ADR6",
            [
                "CLIENT": client, "ADDRNUMBER": address, "PERSNUMBER": person, "DATE_FROM": "00010101",
                "CONSNUMBER": "001", "FLGDEFAULT": "X", "SMTP_ADDR": text,
                "SMTP_SRCH": String(text.uppercased().prefix(20)),
            ]
        )
    }

    private static func vendor(_ index: Int) -> String { SAPCalendar.padded(100_000 + index, 10) }
}
