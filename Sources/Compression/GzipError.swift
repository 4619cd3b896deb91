/// Why bytes could not be packed or unpacked.
package enum GzipError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end before the member does.
    case truncated
    /// The bytes are not gzip, or their checksum or length does not fit the content.
    case corrupt
    /// Something follows the one member; a second member is never read (case C147).
    case trailingBytes
    /// The content is longer than the caller's limit; it was not unpacked further.
    case overLimit(limitBytes: Int)
    /// zlib could not get memory.
    case outOfMemory

    package var description: String {
        switch self {
        case .truncated: "The gzip body ends before its last byte. Send the whole body."
        case .corrupt: "The body is not an intact gzip member. Compress it again and resend it."
        case .trailingBytes: "Bytes follow the gzip member. Send exactly one member."
        case .overLimit(let limit): "The body unpacks to more than \(limit) bytes. Send smaller batches."
        case .outOfMemory: "zlib got no memory. Free memory on this host."
        }
    }
}
