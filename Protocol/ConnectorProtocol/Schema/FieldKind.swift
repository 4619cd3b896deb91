/// What a field of a record holds, and so how it stands on the wire (Protocol/README.md, "Records").
package enum FieldKind: String, Hashable, Sendable, CaseIterable {
    case text, integer, boolean, decimal, date
    case timeOfDay = "time_of_day"
    case timestamp, bytes, record
    /// Text that is equal with and without leading zeros (SAP's ALPHA conversion).
    case key

    init(wire: WireFieldKind) throws(ProtocolError) {
        switch wire {
        case .text: self = .text
        case .integer: self = .integer
        case .boolean: self = .boolean
        case .decimal: self = .decimal
        case .date: self = .date
        case .timeOfDay: self = .timeOfDay
        case .timestamp: self = .timestamp
        case .bytes: self = .bytes
        case .record: self = .record
        case .key: self = .key
        case .unspecified, .UNRECOGNIZED: throw .malformed("schema: kind of a field")
        }
    }

    var wire: WireFieldKind {
        switch self {
        case .text: .text
        case .integer: .integer
        case .boolean: .boolean
        case .decimal: .decimal
        case .date: .date
        case .timeOfDay: .timeOfDay
        case .timestamp: .timestamp
        case .bytes: .bytes
        case .record: .record
        case .key: .key
        }
    }
}
