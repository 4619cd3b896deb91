/// Vendors, purchasing groups and users of the simulated company.
///
/// Every second user has a mobile number; every vendor but two has a mail address, one has two with one marked as
/// the default, and one has a number that is no mobile.
struct Masters: Sendable {
    static let vendors = 12
    static let users = ["MILLER", "SCHMIDT", "TANAKA", "KOVACS"]
    static let groups = ["001", "002", "003"]

    let client: String

    /// LIFNR with its zeros.
    static func vendor(_ index: Int) -> String { SAPCalendar.padded(100_000 + index, 10) }

    /// The mail address that counts of the vendor with this LIFNR; nil for one without any.
    static func mail(ofVendor vendor: String) -> String? {
        (1...vendors).first { Self.vendor($0) == vendor }.flatMap(mail)
    }

    private static func mail(_ index: Int) -> String? {
        index % 6 == 0 ? nil : "orders@vendor\(index).example"
    }

    /// A user's mobile number in E.164; nil for one without any.
    static func mobile(of user: String) -> String? {
        users.firstIndex(of: user).flatMap(mobile).map { "+49\($0)" }
    }

    /// As it is dialled in Germany, without the zero.
    private static func mobile(_ index: Int) -> String? {
        index.isMultiple(of: 2) ? "171\(5_550_000 + index)" : nil
    }

    /// All rows.
    var rows: [DayStep.Row] { (1...Self.vendors).flatMap(vendor) + Self.groups.map(group) + users }

    private func vendor(_ index: Int) -> [DayStep.Row] {
        let address = SAPCalendar.padded(20_000 + index, 10)
        var rows: [DayStep.Row] = [
            (
                "LFA1",
                [
                    "MANDT": client, "LIFNR": Self.vendor(index),
                    "LAND1": ["DE", "US", "JP", "HU"][index % 4],
                    "NAME1": "Vendor \(index) Ltd", "ORT01": "Town \(index)", "SPRAS": "E",
                    "ADRNR": address, "KTOKK": "LIEF",
                ]
            ),
            (
                "ADRC",
                [
                    "CLIENT": client, "ADDRNUMBER": address, "DATE_FROM": "00010101",
                    "NAME1": "Vendor \(index) Ltd",
                ]
            ),
        ]
        if let text = Self.mail(index) { rows.append(mail(address, "", text)) }
        if index == 2 {
            rows.append(mail(address, "", "old@vendor2.example", number: "002", isDefault: false))
        }
        if index == 3 {
            rows.append(phone(address, "", "301234567", country: "DE", kind: "1"))
        }
        return rows
    }

    private func group(_ group: String) -> DayStep.Row {
        (
            "T024",
            [
                "MANDT": client, "EKGRP": group, "EKNAM": "Group \(group)",
                "SMTP_ADDR": "group\(group)@buyer.example",
            ]
        )
    }

    private var users: [DayStep.Row] {
        Self.users.enumerated().flatMap { index, user -> [DayStep.Row] in
            let person = SAPCalendar.padded(30_000 + index, 10)
            let company = "0000010000"
            var rows: [DayStep.Row] = [
                (
                    "USR21",
                    ["MANDT": client, "BNAME": user, "PERSNUMBER": person, "ADDRNUMBER": company]
                ),
                mail(company, person, "\(user.lowercased())@buyer.example"),
            ]
            if let number = Self.mobile(index) {
                rows.append(
                    phone(company, person, number, country: "DE", kind: index == 0 ? "3" : "2"))
            }
            return rows
        }
    }

    private func mail(
        _ address: String, _ person: String, _ text: String, number: String = "001", isDefault: Bool = true,
    ) -> DayStep.Row {
        (
            "ADR6",
            [
                "CLIENT": client, "ADDRNUMBER": address, "PERSNUMBER": person, "DATE_FROM": "00010101",
                "CONSNUMBER": number, "FLGDEFAULT": isDefault ? "X" : "", "SMTP_ADDR": text,
                "SMTP_SRCH": String(text.uppercased().prefix(20)),
            ]
        )
    }

    private func phone(
        _ address: String, _ person: String, _ number: String, country: String, kind: String,
    ) -> DayStep.Row {
        (
            "ADR2",
            [
                "CLIENT": client, "ADDRNUMBER": address, "PERSNUMBER": person, "DATE_FROM": "00010101",
                "CONSNUMBER": "001", "COUNTRY": country, "TEL_NUMBER": number, "TELNR_LONG": "+49\(number)",
                "TELNR_CALL": number, "R3_USER": kind, "FLGDEFAULT": "X",
            ]
        )
    }
}
