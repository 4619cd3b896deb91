/// Why an event's bytes cannot be read for the conditions of its type.
package enum EventDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are not those of a record.
    case malformed
    /// The value of a field is not in the form of its kind.
    case field(String)
    /// The event's own schema has another kind of field under a name that conditions read.
    case otherKind(String)

    /// One sentence.
    package var description: String {
        switch self {
        case .malformed: "The event's record is not protobuf wire format."
        case .field(let name): "The field \"\(name)\" of the event cannot be read."
        case .otherKind(let name):
            "The field \"\(name)\" of the event is of another kind than the one that the rules were checked with."
        }
    }
}
