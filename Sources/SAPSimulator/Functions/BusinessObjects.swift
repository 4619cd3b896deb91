import Foundation

/// The BAPIs: errors stand in RETURN, amounts are external (the currency's own decimals).
struct BusinessObjects {
    let system: ECCSystem

    func purchaseOrder(_ arguments: CallArguments, _ session: Session) -> [String: RFCValue] {
        let number = arguments.text("PURCHASEORDER").trimmed
        let interface = arguments.interface
        guard let header = find("EKKO", ["EBELN": number], session).first,
            !system.faults.isDenied(document: number)
        else {
            let text =
                system.faults.isDenied(document: number) ? "No authorization" : "PO \(number) does not exist"
            return ["RETURN": .table([message(interface, "ME", "083", text, number)])]
        }
        let currency = header["WAERS"] ?? ""
        let items = find("EKPO", ["EBELN": number], session).sorted {
            ($0["EBELP"] ?? "") < ($1["EBELP"] ?? "")
        }
        let head: [String: String] = [
            "PO_NUMBER": number, "COMP_CODE": header["BUKRS"] ?? "", "DOC_TYPE": header["BSART"] ?? "",
            "DELETE_IND": header["LOEKZ"] ?? "", "STATUS": header["STATU"] ?? "",
            "CREAT_DATE": header["AEDAT"] ?? "",
            "CREATED_BY": header["ERNAM"] ?? "", "VENDOR": header["LIFNR"] ?? "",
            "PMNTTRMS": header["ZTERM"] ?? "",
            "PURCH_ORG": header["EKORG"] ?? "", "PUR_GROUP": header["EKGRP"] ?? "", "CURRENCY": currency,
            "CURRENCY_ISO": String(currency.prefix(3)), "DOC_DATE": header["BEDAT"] ?? "",
            "REF_1": header["IHREZ"] ?? "", "OUR_REF": header["UNSEZ"] ?? "",
            "PO_REL_IND": header["FRGKE"] ?? "", "REL_STATUS": header["FRGZU"] ?? "",
        ]
        let positions = items.map { item -> [String: String] in
            [
                "PO_ITEM": item["EBELP"] ?? "", "DELETE_IND": item["LOEKZ"] ?? "",
                "SHORT_TEXT": item["TXZ01"] ?? "",
                "MATERIAL": item["MATNR"] ?? "", "PLANT": item["WERKS"] ?? "",
                "MATL_GROUP": item["MATKL"] ?? "",
                "QUANTITY": item["MENGE"] ?? "", "PO_UNIT": item["MEINS"] ?? "",
                "PRICE_UNIT": item["PEINH"] ?? "",
                "NET_PRICE": external(item["NETPR"] ?? "0", currency, session),
            ]
        }
        let lines = find("EKET", ["EBELN": number], session).map { line -> [String: String] in
            [
                "PO_ITEM": line["EBELP"] ?? "", "SCHED_LINE": line["ETENR"] ?? "",
                "DELIVERY_DATE": Self.userDate(line["EINDT"] ?? ""), "STAT_DATE": line["EINDT"] ?? "",
                "QUANTITY": line["MENGE"] ?? "",
            ]
        }
        return [
            "POHEADER": .structure(interface.structure("POHEADER")?.row(head) ?? []),
            "POITEM": .table(positions.map { interface.structure("POITEM")?.row($0) ?? [] }),
            "POSCHEDULE": .table(lines.map { interface.structure("POSCHEDULE")?.row($0) ?? [] }),
            "RETURN": .table([]),
        ]
    }

    func invoice(_ arguments: CallArguments, _ session: Session) -> [String: RFCValue] {
        let number = arguments.text("INVOICEDOCNUMBER").trimmed
        let year = arguments.text("FISCALYEAR").trimmed
        let interface = arguments.interface
        guard let header = find("RBKP", ["BELNR": number, "GJAHR": year], session).first,
            !system.faults.isDenied(document: number)
        else {
            // The number of the message is assumed: what is known is that activity 03 is checked and missed in RETURN.
            let isDenied = system.faults.isDenied(document: number)
            let row = message(
                interface, "M8", isDenied ? "534" : "184",
                isDenied
                    ? "No authorization to display invoice \(number)"
                    : "Invoice document \(number) \(year) does not exist", number)
            return ["RETURN": .table([row])]
        }
        let currency = header["WAERS"] ?? ""
        let pairs = [
            "DOC_TYPE": "BLART", "DOC_DATE": "BLDAT", "PSTNG_DATE": "BUDAT", "USERNAME": "USNAM",
            "REF_DOC_NO": "XBLNR", "COMP_CODE": "BUKRS", "CURRENCY": "WAERS", "DIFF_INV": "LIFNR",
            "PMNTTRMS": "ZTERM", "BLINE_DATE": "ZFBDT", "DSCT_DAYS1": "ZBD1T", "DSCT_DAYS2": "ZBD2T",
            "NETTERMS": "ZBD3T", "HEADER_TXT": "BKTXT", "PMNT_BLOCK": "ZLSPR", "ENTRY_DATE": "CPUDT",
            "ENTRY_TIME": "CPUTM", "INVOICE_STATUS": "RBSTAT", "INVOICE_IND": "XRECH",
        ]
        var head = pairs.mapValues { header[$0] ?? "" }
        head["INV_DOC_NO"] = number
        head["FISC_YEAR"] = year
        head["GROSS_AMNT"] = external(header["RMWWR"] ?? "0", currency, session)
        let items = find("RSEG", ["BELNR": number, "GJAHR": year], session).map { item in
            interface.structure("ITEMDATA")?.row([
                "INVOICE_DOC_ITEM": item["BUZEI"] ?? "", "PO_NUMBER": item["EBELN"] ?? "",
                "PO_ITEM": item["EBELP"] ?? "", "QUANTITY": item["MENGE"] ?? "",
                "ITEM_AMOUNT": external(item["WRBTR"] ?? "0", currency, session),
            ]) ?? []
        }
        return [
            "HEADERDATA": .structure(interface.structure("HEADERDATA")?.row(head) ?? []),
            "ITEMDATA": .table(items),
            "RETURN": .table([]),
        ]
    }

    func vendor(_ arguments: CallArguments, _ session: Session) -> [String: RFCValue] {
        let number = arguments.text("VENDORNO").trimmed
        let interface = arguments.interface
        guard let row = find("LFA1", ["LIFNR": number], session).first,
            !system.faults.isDenied(document: number)
        else {
            return [
                "RETURN": .structure(
                    message(interface, "F2", "163", "Vendor \(number) has not been created", number))
            ]
        }
        let general = [
            "VENDOR": number, "NAME": row["NAME1"] ?? "", "CITY": row["ORT01"] ?? "",
            "POSTL_CODE": row["PSTLZ"] ?? "", "COUNTRY": row["LAND1"] ?? "", "COUNTRYISO": row["LAND1"] ?? "",
            "LANGU": row["SPRAS"] ?? "", "TELEPHONE": row["TELF1"] ?? "",
        ]
        return [
            "GENERALDETAIL": .structure(interface.structure("GENERALDETAIL")?.row(general) ?? []),
            "RETURN": .structure(interface.structure("RETURN")?.row([:]) ?? []),
        ]
    }

    /// All vendors, at most MAXROWS of them where that is more than 0.
    func vendors(_ arguments: CallArguments, _ session: Session) -> [String: RFCValue] {
        let limit = arguments.integer("MAXROWS")
        let rows = find("LFA1", [:], session).sorted { ($0["LIFNR"] ?? "") < ($1["LIFNR"] ?? "") }
        let chosen = limit > 0 ? Array(rows.prefix(limit)) : rows
        let list = chosen.map { row in
            arguments.interface.structure("VENDORS")?.row([
                "VENDOR": row["LIFNR"] ?? "", "NAME": row["NAME1"] ?? "", "COUNTRY": row["LAND1"] ?? "",
                "CITY": row["ORT01"] ?? "",
            ]) ?? []
        }
        return ["VENDORS": .table(list), "RETURN": .table([])]
    }

    private func find(_ table: String, _ key: [String: String], _ session: Session) -> [[String: String]] {
        system.tables.find(table, key, client: session.client, at: system.instant())
    }

    /// A table's amount (two technical decimals) as the currency writes it.
    private func external(_ amount: String, _ currency: String, _ session: Session) -> String {
        let decimals =
            find("TCURX", ["CURRKEY": currency], session).first?["CURRDEC"].flatMap { Int($0) } ?? 2
        var value = Decimal(string: amount) ?? 0
        for _ in 0..<max(0, 2 - decimals) { value *= 10 }
        for _ in 0..<max(0, decimals - 2) { value /= 10 }
        return "\(value)"
    }

    private func message(
        _ interface: FunctionInterface, _ id: String, _ number: String, _ text: String, _ variable: String,
    ) -> [String] {
        interface.structure("RETURN")?.row([
            "TYPE": "E", "ID": id, "NUMBER": number, "MESSAGE": text, "MESSAGE_V1": variable,
        ]) ?? []
    }

    /// DD.MM.YYYY, as this RFC user's settings have it.
    private static func userDate(_ date: String) -> String {
        guard date.count == 8 else { return "" }
        return "\(date.suffix(2)).\(date.dropFirst(4).prefix(2)).\(date.prefix(4))"
    }
}
