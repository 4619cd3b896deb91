/// An amount with its currency.
///
/// Amounts of two currencies are never compared, added or mixed.
package struct Money: Hashable, Sendable, CustomStringConvertible {
    /// The amount, in the currency's own unit (the feed has shifted SAP's two technical decimals by TCURX).
    package let amount: ExactDecimal
    /// SAP's currency key, up to five characters, for example `EUR`.
    package let currency: String

    /// An amount in `currency`.
    package init(_ amount: ExactDecimal, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// The sum of two amounts of one currency.
    package func adding(_ other: Money) throws(MoneyError) -> Money {
        try same(other)
        do { return Money(try amount.adding(other.amount), currency) } catch { throw .decimal(error) }
    }

    /// The difference of two amounts of one currency.
    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        try adding(Money(other.amount.negated, other.currency))
    }

    /// −1, 0 or 1; an error across currencies.
    package func compared(to other: Money) throws(MoneyError) -> Int {
        try same(other)
        return amount == other.amount ? 0 : amount < other.amount ? -1 : 1
    }

    package var description: String { "\(amount) \(currency)" }

    private func same(_ other: Money) throws(MoneyError) {
        guard currency.utf8.elementsEqual(other.currency.utf8) else {
            throw .currencies(currency, other.currency)
        }
    }
}

/// What went wrong with an amount of money.
package enum MoneyError: Error, Equatable, Sendable {
    /// Two currencies met.
    case currencies(String, String)
    /// The arithmetic failed.
    case decimal(DecimalError)
}
