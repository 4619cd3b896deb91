internal import ConnectorProtocol
internal import SAPAccess
internal import Values

/// Makes an event's record of SAP's rows, as the feed's mapping says.
struct RecordBuilder: Sendable {
    let scope: RecordScope
    /// Decimals of the document's currency.
    let decimals: Int

    /// The record of these fields; what SAP has no value for is absent.
    /// - Throws: `cut` where a number is cut off and nothing else gives it; `value` and `missing`.
    func record(_ fields: [FieldMapping]) throws(SAPAccessError) -> Record {
        var record = Record()
        for field in fields {
            guard try scope.holds(field.when) else { continue }
            if let column = field.unlessZero, try number(column).isZero { continue }
            if case .total(let list, let summed, let unless) = field.source {
                record[field.field.number] = .decimal(
                    try total(of: record[list], field: summed, unless: unless, name: field.field.name))
            } else {
                record[field.field.number] = try value(field)
            }
        }
        return record
    }

    private func value(_ field: FieldMapping) throws(SAPAccessError) -> RecordValue? {
        do throws(SAPAccessError) {
            return try plainValue(field)
        } catch {
            switch error {
            case .missing where field.isOptional: return nil
            case .cut:
                // The other source is there once its function module has been called.
                guard let other = field.ifCut.first, let value = try value(other) else { throw error }
                return value
            default: throw error
            }
        }
    }

    private func plainValue(_ field: FieldMapping) throws(SAPAccessError) -> RecordValue? {
        switch field.source {
        case .columns(let columns, let match): return try firstValue(columns, match, field)
        case .extreme(let column, let isLatest, let match):
            return try extreme(column, isLatest: isLatest, match).map(RecordValue.date)
        case .list(let column):
            var values: [RecordValue] = []
            for row in try scope.rows(column.rows) {
                guard let value = try convert(row, column.column, field), !values.contains(value) else {
                    continue
                }
                values.append(value)
            }
            return values.isEmpty ? nil : .list(values)
        case .each(let rows, let when, let fields):
            var records: [RecordValue] = []
            for row in try scope.rows(rows) {
                let inner = scope.at(row, of: rows)
                guard try inner.holds(when) else { continue }
                records.append(.record(try RecordBuilder(scope: inner, decimals: decimals).record(fields)))
            }
            return records.isEmpty ? nil : .list(records)
        case .record(let fields):
            let record = try record(fields)
            return record.values.isEmpty ? nil : .record(record)
        case .due(let base, let days, let daysWhen):
            return try due(base, days, daysWhen).map(RecordValue.date)
        case .product(let times, let over, let match):
            return try product(times, over, match).map(RecordValue.decimal)
        case .total: return nil
        }
    }

    private func firstValue(
        _ columns: [ColumnReference], _ match: [JoinPair], _ field: FieldMapping,
    ) throws(SAPAccessError) -> RecordValue? {
        var last: RecordValue?
        for column in columns {
            guard let row = try scope.rows(column.rows, match: match).first,
                let value = try convert(row, column.column, field)
            else { continue }
            // A flag that stands in several columns is set where one of them is.
            guard value == .boolean(false) else { return value }
            last = value
        }
        return last
    }

    private func convert(
        _ row: FeedRow, _ column: String, _ field: FieldMapping,
    ) throws(SAPAccessError) -> RecordValue? {
        switch field.kind {
        case .text:
            // Change documents keep numbers right-justified.
            let text = String(try row.text(column).drop { $0 == " " })
            let word = field.words[text] ?? field.words["*"] ?? text
            return word.isEmpty ? nil : .text(word)
        case .key:
            let text = try row.text(column)
            // A key of zeros alone is the initial value of a numeric key.
            return text.utf8.allSatisfy { $0 == 0x30 } ? nil : .text(text)
        case .language:
            let text = try row.text(column)
            return text.isEmpty ? nil : .text(SAPLanguage.code(text))
        case .date: return try row.date(column).map(RecordValue.date)
        case .time:
            // The wire has no 24:00:00; SAP can hold it.
            return try row.time(column).flatMap { time in
                time.secondsSinceMidnight < 86_400 ? .timeOfDay(time) : nil
            }
        case .quantity, .number: return .decimal(try row.decimal(column))
        case .tableAmount:
            return .decimal(
                try CurrencyTable.external(row.decimal(column), decimals: decimals, field: column))
        case .bapiAmount: return .decimal(CurrencyTable.inOwnDecimals(try row.decimal(column), decimals))
        case .flag: return .boolean(field.trueFor.contains(try row.text(column)))
        }
    }

    private func number(_ reference: ColumnReference) throws(SAPAccessError) -> ExactDecimal {
        try scope.rows(reference.rows).first?.decimal(reference.column) ?? .zero
    }

    private func extreme(
        _ column: ColumnReference, isLatest: Bool, _ match: [JoinPair],
    ) throws(SAPAccessError) -> LocalDate? {
        var found: LocalDate?
        for row in try scope.rows(column.rows, match: match) {
            guard let date = try row.date(column.column) else { continue }
            found = found.map { isLatest ? max($0, date) : min($0, date) } ?? date
        }
        return found
    }

    private func due(
        _ base: ColumnReference, _ days: [ColumnReference], _ daysWhen: [RowMatch],
    ) throws(SAPAccessError) -> LocalDate? {
        guard let date = try scope.rows(base.rows).first?.date(base.column) else { return nil }
        guard try scope.holds(daysWhen) else { return date }
        for column in days {
            let count = try number(column)
            guard count.sign > 0 else { continue }
            return date.adding(days: Int(clamping: count.rounded(0).unscaled))
        }
        return date
    }

    private func product(
        _ times: [ColumnReference], _ over: [ColumnReference], _ match: [JoinPair],
    ) throws(SAPAccessError) -> ExactDecimal? {
        guard let first = times.first, let row = try scope.rows(first.rows, match: match).first else {
            return nil
        }
        // The first factor is the one that may be zero; a conversion that is not kept up counts as one.
        var product = try row.decimal(first.column)
        do {
            for column in times.dropFirst() {
                let factor = try row.decimal(column.column)
                if !factor.isZero { product = try product.multiplied(by: factor).normalized }
            }
            for column in over {
                let divisor = try row.decimal(column.column)
                if !divisor.isZero { product = try product.divided(by: divisor, scale: 12).normalized }
            }
            let rounded = try product.rounded(to: decimals)
            return CurrencyTable.inOwnDecimals(rounded, decimals)
        } catch let error as SAPAccessError {
            throw error
        } catch {
            throw .value(
                field: first.description, text: "\(product)", expected: "an amount of 38 digits or less")
        }
    }

    private func total(
        of list: RecordValue?, field: UInt32, unless: UInt32?, name: String,
    ) throws(SAPAccessError) -> ExactDecimal {
        var sum = CurrencyTable.inOwnDecimals(.zero, decimals)
        guard case .list(let records) = list else { return sum }
        for case .record(let record) in records {
            if let unless, record[unless] == .boolean(true) { continue }
            guard case .decimal(let amount) = record[field] else { continue }
            do throws(DecimalError) {
                sum = try sum.adding(amount)
            } catch {
                throw .value(field: name, text: "\(amount)", expected: "a sum of 38 digits or less")
            }
        }
        return sum
    }
}

extension ExactDecimal {
    /// Rounded half up; the same number where that does not go.
    fileprivate func rounded(_ digits: Int) -> ExactDecimal { (try? rounded(to: digits)) ?? self }
}
