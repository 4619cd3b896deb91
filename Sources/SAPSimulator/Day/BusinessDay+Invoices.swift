/// Logistics invoices: RBKP, RSEG, and BKPF once they are posted.
extension BusinessDay {
    /// An invoice with the status that it was entered with.
    struct Invoice: Sendable {
        let number: String
        let year: String
        let entered: Stamp
        /// As it was when the invoice came.
        let order: Order
        /// Columns of RBKP.
        var header: [String: String]

        var content: DocumentContent { DocumentContent(self, for: order) }

        func fact(_ transition: String) -> CommittedFact {
            CommittedFact(
                documentKey: number + year, creation: entered.date + entered.time, transition: transition,
                version: "1")
        }
    }

    /// A new invoice for an order, in the order's currency: of ten one is parked, one held, one blocked for payment.
    mutating func invoice(_ order: Order, _ stamp: Stamp) -> DayStep.Content {
        lastInvoice += 1
        let number = String(lastInvoice)
        let year = String(stamp.date.prefix(4))
        let amount = "\(order.quantity * 25).00"
        var invoice = Invoice(
            number: number, year: year, entered: stamp, order: order,
            header: [
                "MANDT": client, "BELNR": number, "GJAHR": year, "BLART": "RE", "BLDAT": stamp.date,
                "BUDAT": stamp.date, "USNAM": order.creator, "TCODE": "MIRO", "CPUDT": stamp.date,
                "CPUTM": stamp.time, "VGART": "RD", "XBLNR": "INV-\(number.suffix(6))", "BUKRS": "1000",
                "LIFNR": order.vendor, "WAERS": order.currency, "RMWWR": amount, "ZTERM": "0001",
                "ZBD1T": "14", "ZBD1P": "2.000", "ZBD2T": "30", "XRECH": "X", "ZFBDT": stamp.date,
            ])
        let line = [
            "MANDT": client, "BELNR": number, "GJAHR": year, "BUZEI": "000001", "EBELN": order.number,
            "EBELP": "00010", "WRBTR": amount, "MENGE": "\(order.quantity).000", "SHKZG": "S",
        ]
        let rows = [("RSEG", line)]
        switch pick(0...9) {
        case 0:
            invoice.header["RBSTAT"] = "A"
            later(.postInvoice(invoice))
            return ([("RBKP", invoice.header)] + rows, [invoice.fact("received")], invoice.content)
        case 1:
            invoice.header["RBSTAT"] = "D"
            later(.postInvoice(invoice))
            return ([("RBKP", invoice.header)] + rows, [], invoice.content)
        case 2: invoice.header["ZLSPR"] = "R"
        default: break
        }
        let posted = post(invoice, stamp)
        return (
            posted.rows + rows, [invoice.fact("received"), invoice.fact("posted")], invoice.content
        )
    }

    /// The invoice becomes a posted one, half of the time stored with a blank status, and gets its FI document.
    mutating func post(_ parked: Invoice, _ stamp: Stamp) -> DayStep.Content {
        var invoice = parked
        let wasReceived = parked.header["RBSTAT"] == "A"
        invoice.header["RBSTAT"] = chance(2) ? "5" : ""
        lastAccounting += 1
        let accounting = [
            "MANDT": client, "BUKRS": "1000", "BELNR": String(lastAccounting), "GJAHR": invoice.year,
            "BLART": "RE", "BLDAT": invoice.entered.date, "BUDAT": stamp.date, "CPUDT": stamp.date,
            "CPUTM": stamp.time, "USNAM": invoice.header["USNAM"] ?? "",
            "WAERS": invoice.header["WAERS"] ?? "", "XBLNR": invoice.header["XBLNR"] ?? "",
            "AWTYP": "RMRP", "AWKEY": invoice.number + invoice.year, "HWAER": "EUR",
        ]
        return (
            rows: [("RBKP", invoice.header), ("BKPF", accounting)],
            facts: (wasReceived ? ["posted"] : ["received", "posted"]).map(invoice.fact),
            says: invoice.content
        )
    }
}
