/// A file of named secrets, each sealed for itself under the master key.
///
/// One line a secret behind a first line that names the form: name, a blank, base64 of the sealed text
/// (`AESGCM`, with the name as associated bytes, so that no secret can be passed off as another). Every call
/// reads the file anew, so a running program sees what `secrets set` wrote; a write replaces the file in one
/// step and is durable before it returns. Programs that write at once take turns by a lock file beside it.
package struct Vault: Sendable {
    /// Where the file is; it is made by the first `set`.
    package let path: String
    private let masterKey: MasterKey
    private static let heading = "ml-connector vault 1"

    /// - Parameters:
    ///   - path: the vault's file, which need not exist yet.
    ///   - masterKey: what its secrets are sealed under.
    package init(path: String, masterKey: MasterKey) {
        self.path = path
        self.masterKey = masterKey
    }

    /// All names, sorted.
    ///
    /// An absent file holds none.
    /// - Throws: `widePermissions`, `malformed`, `system`.
    package func names() throws(VaultError) -> [String] { try entries().keys.sorted() }

    /// The secret of that name, or nil where there is none.
    /// - Throws: `wrongMasterKey` when it does not open; `widePermissions`, `malformed`, `system`.
    package func secret(named name: String) throws(VaultError) -> Secret? {
        guard let sealed = try entries()[name] else { return nil }
        guard let key = try? sealingKey(),
            let plain = try? AESGCM.open(sealed, key: key, associated: Array(name.utf8))
        else { throw .wrongMasterKey(path: path, name: name) }
        return Secret(bytes: plain)
    }

    /// Sets or replaces one secret.
    /// - Parameter name: letters, digits, `.`, `-`, `_` and `/`; anything else is refused as `malformed`.
    /// - Throws: `widePermissions`, `malformed`, `system`.
    package func set(_ secret: Secret, named name: String) throws(VaultError) {
        guard Self.isUsable(name), let key = try? sealingKey(),
            let sealed = try? AESGCM.seal(secret.exposedBytes, key: key, associated: Array(name.utf8))
        else { throw .malformed(path: path) }
        try change { $0[name] = sealed }
    }

    /// Removes one secret; nothing happens where there is none.
    /// - Throws: `widePermissions`, `malformed`, `system`.
    package func remove(named name: String) throws(VaultError) {
        try change { $0[name] = nil }
    }

    /// Whether a secret may bear this name.
    package static func isUsable(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { character in
                switch character {
                case 48...57, 65...90, 97...122: true
                default: "._-/".utf8.contains(character)
                }
            }
    }

    private func sealingKey() throws(CryptographyError) -> [UInt8] { try masterKey.derive("vault") }

    private func change(_ body: (inout [String: [UInt8]]) -> Void) throws(VaultError) {
        try PrivateFile.withLock(path) { () throws(VaultError) in
            var entries = try entries()
            body(&entries)
            var text = Self.heading + "\n"
            for (name, sealed) in entries.sorted(by: { $0.key < $1.key }) {
                text += name + " " + Base64.encode(sealed) + "\n"
            }
            try PrivateFile.write(Array(text.utf8), to: path)
        }
    }

    private func entries() throws(VaultError) -> [String: [UInt8]] {
        let content: [UInt8]
        do {
            content = try PrivateFile.read(path, private: true)
        } catch .missing {
            return [:]
        }
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
        guard lines.first.map(String.init) == Self.heading else { throw .malformed(path: path) }
        var entries: [String: [UInt8]] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let sealed = Base64.decode(parts[1]) else { throw .malformed(path: path) }
            entries[String(parts[0])] = sealed
        }
        return entries
    }
}
