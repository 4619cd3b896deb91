package import ConnectorProtocol

/// How one field of an event's record is made of SAP's rows.
package struct FieldMapping: Hashable, Sendable {
    /// How a value in SAP becomes a value of the record.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case text, key, date, time, quantity, number
        /// An amount as tables hold it: with two technical decimals, shifted by TCURX.
        case tableAmount = "table_amount"
        /// An amount as a BAPI gives it: in the currency's own decimals, never shifted.
        case bapiAmount = "bapi_amount"
        case flag
        /// SAP's one-letter language key, as ISO 639.
        case language

        /// The kind of field that it fills.
        var fieldKind: FieldKind {
            switch self {
            case .text, .language: .text
            case .key: .key
            case .date: .date
            case .time: .timeOfDay
            case .quantity, .number, .tableAmount, .bapiAmount: .decimal
            case .flag: .boolean
            }
        }

        /// Whether the value is money.
        var isAmount: Bool { self == .tableAmount || self == .bapiAmount }

        /// What is meant where the file does not say; nil for numbers, where it must.
        init?(of kind: FieldKind) {
            switch kind {
            case .text: self = .text
            case .key: self = .key
            case .date: self = .date
            case .timeOfDay: self = .time
            case .boolean: self = .flag
            case .decimal, .integer, .timestamp, .bytes, .record: return nil
            }
        }
    }

    /// Where a value comes from.
    package enum Source: Hashable, Sendable {
        /// The first of these that is not blank, each from the first row that agrees in `match`.
        case columns([ColumnReference], match: [JoinPair])
        /// The earliest or latest date in the rows that agree in `match`.
        case extreme(ColumnReference, isLatest: Bool, match: [JoinPair])
        /// The different values that a column has, in order of the rows.
        case list(ColumnReference)
        /// One record for each of the rows for which the conditions hold.
        case each(rows: String, when: [RowMatch], fields: [FieldMapping])
        /// One record.
        case record([FieldMapping])
        /// The sum of a field over the records of a list, by their numbers, without those whose flag is set.
        case total(list: UInt32, field: UInt32, unless: UInt32?)
        /// A date moved on by the first of these numbers of days that is above zero.
        case due(base: ColumnReference, days: [ColumnReference], daysWhen: [RowMatch])
        /// A product divided by others, where a divisor or factor of zero counts as one.
        case product(times: [ColumnReference], over: [ColumnReference], match: [JoinPair])
    }

    /// The field that it fills.
    package let field: FieldSchema
    /// Where the value comes from.
    package let source: Source
    /// How the value is read.
    package let kind: Kind
    /// The field is absent where these do not hold.
    package let when: [RowMatch]
    /// The field is absent where this number is zero.
    package let unlessZero: ColumnReference?
    /// The field is absent, and no error, where SAP's answer lacks the column.
    package let isOptional: Bool
    /// Texts by what SAP holds; the entry `*` is for all others.
    package let words: [String: String]
    /// Values for which a flag is set.
    package let trueFor: [String]
    /// Taken instead where SAP has cut the number off (`*`).
    package let ifCut: [FieldMapping]

    /// Columns that it looks at.
    var references: [ColumnReference] {
        var found = when.map(\.column) + [unlessZero].compactMap(\.self) + ifCut.flatMap(\.references)
        switch source {
        case .columns(let columns, let match): found += columns + Self.references(match, columns)
        case .extreme(let column, _, let match): found += [column] + Self.references(match, [column])
        case .list(let column): found.append(column)
        case .each(_, let when, let fields): found += when.map(\.column) + fields.flatMap(\.references)
        case .record(let fields): found += fields.flatMap(\.references)
        case .total: break
        case .due(let base, let days, let daysWhen): found += [base] + days + daysWhen.map(\.column)
        case .product(let times, let over, let match):
            found += times + over + Self.references(match, times)
        }
        return found
    }

    private static func references(_ match: [JoinPair], _ columns: [ColumnReference]) -> [ColumnReference] {
        let rows = Set(columns.map(\.rows))
        return match.flatMap { pair in
            rows.map { ColumnReference($0, pair.column) } + [pair.other]
        }
    }
}
