import BareRFCLoop

/// The yardstick: a C loop over the same library, with a connection of its own.
struct BareLoop: Sendable {
    let sap: SAPStandIn
    let library: String
    let columns: [String]
    let calls: Int
    private let thread = Blocking("bare")

    init(sap: SAPStandIn, library: String, columns: [String], calls: Int) {
        self.sap = sap
        self.library = library
        self.columns = columns
        self.calls = calls
    }

    /// Reads the table `calls` times; logon aside.
    func read() async throws -> (rows: Int, seconds: Double) {
        try await thread.run {
            var result = bare_rfc_result()
            var text = [CChar](repeating: 0, count: 512)
            let failed = bare_rfc_read_table(
                library, "127.0.0.1", "00", SAPStandIn.client, SAPStandIn.user, sap.password, "EKKO",
                columns.joined(separator: " "), Int32(calls), &result, &text, text.count)
            guard failed == 0 else {
                let reason = String(
                    decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                throw BenchmarkError.wrong("the bare loop failed: \(reason)")
            }
            return (Int(result.rows), result.seconds)
        }
    }
}
