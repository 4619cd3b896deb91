internal import Cryptography
internal import SQLStore

/// Imports the tenant's own mapping from a file of separated values (DESIGN.md 6.3).
///
/// A file is the whole of what it says: importing one of the same name again ends what is not in it any more.
/// Files of other names and SAP's masters stay as they are.
package struct DirectoryImport: Sendable {
    /// What an import did.
    package struct Summary: Hashable, Sendable {
        /// Number of the import, from 1.
        package let number: Int64
        /// Lines of the file.
        package let rows: Int
        /// Parties whose addresses or targets are others now.
        package let changedParties: Int
    }

    private let scope: TenantScope

    /// Imports for the scope's tenant.
    package init(scope: TenantScope) { self.scope = scope }

    /// Imports a file, all of it or nothing.
    ///
    /// - Parameters:
    ///   - file: its name without a folder; what a later import of the same name replaces.
    ///   - encoding: `utf-8` or `windows-1252`.
    ///   - by: the person who imports it.
    /// - Throws: ``DirectoryImportRefused`` with every line that is wrong, `SQLError`.
    package func run(
        _ bytes: [UInt8], file: String, encoding: String = "utf-8", by: String, now: Moment,
    ) async throws -> Summary {
        guard let encoding = CSVTable.Encoding(rawValue: encoding) else {
            throw DirectoryImportRefused(
                file: file,
                problems: [
                    .init(line: 1, sentence: "The encoding is utf-8 or windows-1252, not \(encoding).")
                ])
        }
        let country = try await scope.read { statements in
            try statements.first("SELECT country FROM tenant WHERE tenant = ?1")?.text(0) ?? "DE"
        }
        let content = try DirectoryFile.read(bytes, name: file, encoding: encoding, country: country).get()
        let digest = SHA256.hash(bytes)
        return try await scope.write { statements in
            try Self.apply(content, file, digest, statements, by: by, now: now)
        }
    }

    private static func apply(
        _ content: DirectoryFile, _ file: String, _ digest: Digest32, _ statements: TenantStatements,
        by: String, now: Moment,
    ) throws -> Summary {
        let writer = DirectoryWriter(statements: statements, now: now)
        var wanted: [PartyReference: [DirectoryWriter.Contact]] = [:]
        for entry in content.entries { wanted[entry.party, default: []] += entry.contacts }
        for party in try parties(file, statements) where wanted[party] == nil { wanted[party] = [] }
        let number = try statements.next(.directoryImport)
        var changed = 0
        for (party, contacts) in wanted.sorted(by: { $0.key.description < $1.key.description })
        where try writer.replace(
            contactsOf: party, with: contacts, origin: .csv(file: file, number: number))
        {
            changed += 1
        }
        if changed > 0 { try writer.raiseVersion() }
        try statements.run(
            """
            INSERT INTO directory_import (tenant, import, file_name, digest, rows, imported_at, imported_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            [
                .integer(number), .text(file), .blob(digest.bytes), .integer(Int64(content.entries.count)),
                now.sql, .text(by),
            ])
        try statements.audit(
            AuditEntry(
                actor: by, action: "directory.imported", subject: String(number),
                detail: [
                    "digest": digest.hexadecimal, "rows": String(content.entries.count),
                    "changed": String(changed),
                ]), now: now)
        return Summary(number: number, rows: content.entries.count, changedParties: changed)
    }

    private static func parties(
        _ file: String, _ statements: TenantStatements,
    ) throws -> [PartyReference] {
        try statements.rows(
            """
            SELECT DISTINCT kind, key FROM directory_contact
            WHERE tenant = ?1 AND origin = 'csv' AND source = ?2 AND valid_until IS NULL
            """, [.text(file)]
        ).map { PartyReference(kind: try $0.text(0), key: try $0.text(1)) }
    }
}
