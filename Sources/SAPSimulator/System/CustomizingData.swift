/// What a system has before its first document: clients and currencies.
package enum CustomizingData {
    /// Decimals of the currencies that do not have two.
    static let decimals = ["JPY": 0, "HUF": 0, "KWD": 3]

    /// Puts T000 and TCURX; the data's client has the role production, client 200 is a test client.
    package static func put(into system: ECCSystem) {
        let client = system.identity.client
        system.put(
            "T000",
            ["MANDT": client, "MTEXT": "Production", "LOGSYS": "SIMCLNT\(client)", "CCCATEGORY": "P"])
        system.put("T000", ["MANDT": "200", "MTEXT": "Test", "LOGSYS": "SIMCLNT200", "CCCATEGORY": "T"])
        for (currency, decimals) in decimals {
            system.put("TCURX", ["CURRKEY": currency, "CURRDEC": "\(decimals)"])
        }
    }
}
