/// The 32 random bytes that everything in a vault is sealed under.
///
/// It stands in a file of its own (64 hexadecimal digits, mode 0600) that no backup of vault or database
/// includes, or comes as a systemd credential.
package struct MasterKey: Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// Takes 32 raw bytes.
    /// - Throws: `malformed` for any other length.
    package init(raw: [UInt8]) throws(CryptographyError) {
        guard raw.count == 32 else { throw .malformed(what: "master key") }
        bytes = raw
    }

    /// Reads the key's own file.
    /// - Throws: `missing`, `widePermissions` when anybody but the owner may use it, `malformed`, `system`.
    package static func load(path: String) throws(VaultError) -> MasterKey {
        try parse(PrivateFile.read(path, private: true), path: path)
    }

    /// Reads a systemd credential (LoadCredential=): `name` in the folder that systemd made for this service.
    ///
    /// systemd keeps others out of that folder, so the file's own mode is not asked.
    /// - Parameter folder: the value of CREDENTIALS_DIRECTORY.
    /// - Throws: `missing`, `malformed`, `system`.
    package static func load(credential name: String, folder: String) throws(VaultError) -> MasterKey {
        let path = folder + "/" + name
        return try parse(PrivateFile.read(path, private: false), path: path)
    }

    /// Draws a key and writes its file, durable before this returns.
    /// - Throws: `alreadyExists` when there is a file, which is left as it is; `system`.
    package static func create(path: String, random: SecureRandom = .system) throws(VaultError) -> MasterKey {
        let bytes = random.bytes(32)
        try PrivateFile.withLock(path) { () throws(VaultError) in
            try PrivateFile.write(Array((Hexadecimal.encode(bytes) + "\n").utf8), to: path, onlyNew: true)
        }
        return try parse(PrivateFile.read(path, private: true), path: path)
    }

    /// A key for one use: HKDF-SHA256 with the purpose as info, so that no two uses share a key.
    /// - Throws: `library` when OpenSSL has no memory.
    package func derive(_ purpose: String) throws(CryptographyError) -> [UInt8] {
        try HKDF.sha256(secret: bytes, salt: [], info: Array("ml-connector/1/\(purpose)".utf8), length: 32)
    }

    private static func parse(_ content: [UInt8], path: String) throws(VaultError) -> MasterKey {
        let digits = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard digits.count == 1, let raw = Hexadecimal.decode(digits[0]), let key = try? MasterKey(raw: raw)
        else {
            throw .malformed(path: path)
        }
        return key
    }

    package var description: String { "<redacted>" }
}
