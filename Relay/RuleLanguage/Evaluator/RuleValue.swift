package import Values

/// A value of the language outside of the evaluator: a literal, a binding, or a result.
package indirect enum RuleValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(Timestamp)
    /// Seconds and nanoseconds, of one sign.
    case duration(seconds: Int64, nanoseconds: Int32)
    case decimal(ExactDecimal)
    case date(LocalDate)
    case list([RuleValue])
    case map([(key: RuleValue, value: RuleValue)])
    /// A type by its name.
    case type(String)
}
