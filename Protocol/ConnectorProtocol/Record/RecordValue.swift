package import Values

/// One value of a record.
///
/// An absent field has no value at all; there is no null.
package indirect enum RecordValue: Hashable, Sendable {
    /// For kinds `text` and `key`.
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case decimal(ExactDecimal)
    case date(LocalDate)
    case timeOfDay(TimeOfDay)
    case timestamp(Timestamp)
    case bytes([UInt8])
    case record(Record)
    case list([RecordValue])
}

/// Values by the numbers of a schema's fields.
package struct Record: Hashable, Sendable {
    /// Only fields that have a value.
    package var values: [UInt32: RecordValue]

    /// A record of these values.
    package init(_ values: [UInt32: RecordValue] = [:]) { self.values = values }

    /// The value of a field, or nil where it is absent.
    package subscript(number: UInt32) -> RecordValue? {
        get { values[number] }
        set { values[number] = newValue }
    }
}
