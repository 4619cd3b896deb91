/// Why a cryptographic operation could not be done.
///
/// None of its texts holds a secret.
package enum CryptographyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A key, certificate or signature is not in the form that `what` names.
    case malformed(what: String)
    /// A sealed text was changed, cut, moved to another name, or sealed under another key.
    case authenticationFailed
    /// A name that must stand in a certificate is neither a DNS name nor an IP address.
    case unusableName(String)
    /// OpenSSL refused `operation`, which is none of the caller's doing.
    case library(operation: String)

    package var description: String {
        switch self {
        case .malformed(let what): "The \(what) cannot be read. Check that it was copied whole."
        case .authenticationFailed:
            "The sealed text does not open. It was changed, or sealed under another key."
        case .unusableName(let name):
            "\"\(name)\" is no DNS name and no IP address. Write it without scheme or port."
        case .library(let operation):
            "OpenSSL refused to \(operation). Check the memory and the build of OpenSSL."
        }
    }
}
