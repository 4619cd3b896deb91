package import SAPAccess
internal import Synchronization
package import Values

/// How many decimals each currency has in SAP (TCURX): what amounts of tables are shifted by.
///
/// Tables keep every amount with two technical decimals, so 100.00 JPY in a table is 10,000 yen and 12.50 KWD
/// is 1.250 dinar (facts/sap-ecc-domain.md section 7, rows 19 and 20).
package final class CurrencyTable: Sendable {
    private struct Content: Sendable {
        var day: LocalDate
        var decimals: [String: Int]
    }

    private let source: any SAPSource
    private let content = Mutex<Content?>(nil)

    /// A table that is read when it is first needed, and once a day after that.
    package init(source: any SAPSource) { self.source = source }

    /// Decimals by currency; one that is not there has two.
    /// - Parameter day: today, by SAP's clock.
    package func decimals(on day: LocalDate) async throws -> [String: Int] {
        if let known = content.withLock({ $0 }), known.day == day { return known.decimals }
        let rows = try await source.readTable(
            TableQuery(table: "TCURX", columns: ["CURRKEY", "CURRDEC"], condition: .everything))
        var decimals: [String: Int] = [:]
        for row in rows {
            guard let count = Int(exactly: try row.decimal("CURRDEC").normalized.unscaled), (0...9) ~= count
            else { continue }
            decimals[try row.text("CURRKEY")] = count
        }
        let read = Content(day: day, decimals: decimals)
        content.withLock { $0 = read }
        return decimals
    }

    /// A table's amount as people write it.
    static func external(
        _ amount: ExactDecimal, decimals: Int, field: String,
    ) throws(SAPAccessError) -> ExactDecimal {
        let scale = Int(amount.scale) + decimals - 2
        if scale >= 0, let shifted = ExactDecimal(unscaled: amount.unscaled, scale: scale) {
            return inOwnDecimals(shifted, decimals)
        }
        do throws(DecimalError) {
            guard let factor = ExactDecimal(unscaled: 100, scale: decimals) else { throw .overflow }
            return inOwnDecimals(try amount.multiplied(by: factor), decimals)
        } catch {
            throw .value(field: field, text: "\(amount)", expected: "an amount")
        }
    }

    /// The same amount with the decimals of its currency, where that loses nothing.
    static func inOwnDecimals(_ amount: ExactDecimal, _ decimals: Int) -> ExactDecimal {
        (try? amount.rescaled(to: decimals)) ?? amount
    }
}
