/// Purchase orders: EKKO, EKPO, EKET and their change documents.
extension BusinessDay {
    /// What one piece costs, in the smallest units of the order's currency: 25.00, 2500 or 2.500.
    ///
    /// SAP stores each as 25.00.
    static let priceInUnits = 2_500
    private static let currencies = ["EUR", "EUR", "USD", "JPY", "KWD", "HUF"]

    /// A new order: one of ten is held at first (EKKO-MEMORY), one of six awaits its release (EKKO-FRGRL).
    mutating func order(_ stamp: Stamp) -> DayStep.Content {
        lastOrder += 1
        let number = String(lastOrder)
        let creator = pick(Masters.users)
        let vendor = Masters.vendor(pick(1...Masters.vendors))
        let currency = pick(Self.currencies)
        var order = Order(
            number: number, created: stamp.date, creator: creator, vendor: vendor, currency: currency,
            quantity: pick(1...50),
            header: [
                "MANDT": client, "EBELN": number, "BUKRS": "1000", "BSTYP": "F", "BSART": "NB",
                "AEDAT": stamp.date, "ERNAM": creator, "LIFNR": vendor, "SPRAS": "E", "ZTERM": "0001",
                "EKORG": "1000", "EKGRP": pick(Masters.groups), "WAERS": currency, "BEDAT": stamp.date,
                "PROCSTAT": "02",
            ])
        let change = changeHeader("EINKBELEG", number, "I", creator, "ME21N", stamp)
        let schedule = [
            "MANDT": client, "EBELN": number, "EBELP": "00010", "ETENR": "0001", "EINDT": stamp.date,
            "MENGE": "\(order.quantity).000",
        ]
        var transitions = ["created", "effective"]
        if chance(10) {
            order.header["MEMORY"] = "X"
            order.header["PROCSTAT"] = "01"
            transitions = []
            later(.completeOrder(order))
        } else if chance(6) {
            order.header.merge(
                ["FRGGR": "01", "FRGSX": "S1", "FRGKE": "B", "FRGRL": "X", "PROCSTAT": "03"]
            ) { $1 }
            transitions = ["created"]
            orders.append(order)
            later(.releaseOrder(number))
        } else {
            orders.append(order)
        }
        return (
            rows: [
                ("EKKO", order.header), ("EKPO", item(order, stamp.date)), ("EKET", schedule),
                ("CDHDR", change.row),
            ],
            facts: transitions.map { fact(order, $0) },
            says: DocumentContent(order)
        )
    }

    /// A held order is completed: only now it is an order.
    mutating func complete(_ held: Order) -> DayStep.Content {
        var order = held
        order.header["MEMORY"] = ""
        order.header["PROCSTAT"] = "02"
        orders.append(order)
        return (
            rows: [("EKKO", order.header)], facts: ["created", "effective"].map { fact(order, $0) },
            says: DocumentContent(order)
        )
    }

    /// The last release code is given: a change document that touches nothing but the release.
    mutating func release(_ number: String, _ stamp: Stamp) -> DayStep.Content {
        guard let index = orders.firstIndex(where: { $0.number == number }) else { return ([], [], nil) }
        orders[index].header.merge(["FRGKE": "R", "FRGZU": "X", "FRGRL": "", "PROCSTAT": "05"]) { $1 }
        let order = orders[index]
        let change = changeHeader("EINKBELEG", number, "U", "BOSS", "ME29N", stamp)
        let positions = [("FRGKE", "B", "R"), ("FRGZU", "", "X"), ("PROCSTAT", "03", "05")].map { change in
            (field: change.0, old: change.1, new: change.2)
        }
        let rows = positions.map { position in
            self.position(
                change.number, number, table: "EKKO", key: client + number, position.field, position.old,
                position.new)
        }
        return (
            rows: [("EKKO", order.header), ("CDHDR", change.row)] + rows.map { ("CDPOS", $0) },
            facts: [fact(order, "effective", version: change.number + stamp.date + stamp.time)],
            says: DocumentContent(order)
        )
    }

    /// One more of what was ordered.
    mutating func change(_ index: Int, _ stamp: Stamp) -> DayStep.Content {
        let old = orders[index].quantity
        orders[index].quantity = old + 1
        let order = orders[index]
        let change = changeHeader("EINKBELEG", order.number, "U", order.creator, "ME22N", stamp)
        let position = position(
            change.number, order.number, table: "EKPO", key: client + order.number + "00010", "MENGE",
            "\(old).000", "\(order.quantity).000")
        return (
            rows: [("EKPO", item(order, stamp.date)), ("CDHDR", change.row), ("CDPOS", position)],
            facts: [fact(order, "changed", version: change.number + stamp.date + stamp.time)],
            says: DocumentContent(order)
        )
    }

    private func fact(_ order: Order, _ transition: String, version: String = "1") -> CommittedFact {
        CommittedFact(
            documentKey: order.number, creation: order.creation, transition: transition, version: version)
    }

    private func item(_ order: Order, _ date: String) -> [String: String] {
        [
            "MANDT": client, "EBELN": order.number, "EBELP": "00010", "AEDAT": date, "TXZ01": "Bolt M8",
            "BUKRS": "1000", "WERKS": "1000", "MATKL": "001", "MENGE": "\(order.quantity).000",
            "MEINS": "ST", "NETPR": "25.00", "PEINH": "1", "NETWR": "\(order.quantity * 25).00",
        ]
    }

    private mutating func changeHeader(
        _ object: String, _ key: String, _ kind: String, _ user: String, _ transaction: String,
        _ stamp: Stamp,
    ) -> (number: String, row: [String: String]) {
        lastChange += 1
        let number = SAPCalendar.padded(lastChange, 10)
        return (
            number,
            [
                "MANDANT": client, "OBJECTCLAS": object, "OBJECTID": key, "CHANGENR": number,
                "USERNAME": user, "UDATE": stamp.date, "UTIME": stamp.time, "TCODE": transaction,
                "CHANGE_IND": kind, "LANGU": "E",
            ]
        )
    }

    private func position(
        _ change: String, _ order: String, table: String, key: String, _ field: String, _ old: String,
        _ new: String,
    ) -> [String: String] {
        [
            "MANDANT": client, "OBJECTCLAS": "EINKBELEG", "OBJECTID": order, "CHANGENR": change,
            "TABNAME": table, "TABKEY": key, "FNAME": field, "CHNGIND": "U", "VALUE_NEW": new,
            "VALUE_OLD": old,
        ]
    }
}
