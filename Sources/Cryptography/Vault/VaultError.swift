/// Why the vault or its master key cannot be used.
///
/// No text holds a secret.
package enum VaultError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file that must exist does not.
    case missing(path: String)
    /// Others than the owner may read or write a file.
    case widePermissions(path: String, mode: UInt32)
    /// A file is not in the form we write.
    case malformed(path: String)
    /// A secret does not open under the present master key.
    case wrongMasterKey(path: String, name: String)
    /// A master key is already there and is never overwritten.
    case alreadyExists(path: String)
    /// The operating system refused `operation`, with its error number.
    case system(operation: String, path: String, code: Int32)

    package var description: String {
        switch self {
        case .missing(let path): "There is no file \(path). Run init first, or correct the path."
        case .widePermissions(let path, let mode):
            "\(path) has mode \(String(mode, radix: 8)): others may use it. Run chmod 600 on it."
        case .malformed(let path): "\(path) is not in the form we write. Put the file back from a backup."
        case .wrongMasterKey(let path, let name):
            "The secret \(name) in \(path) does not open. Use the master key it was sealed under, or set it anew."
        case .alreadyExists(let path):
            "\(path) is already there. A master key is never overwritten; move it away."
        case .system(let operation, let path, let code):
            "The system refused to \(operation) \(path) (error \(code)). Check owner, mode and space."
        }
    }
}
