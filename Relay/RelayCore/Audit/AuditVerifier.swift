package import Cryptography
internal import SQLStore

/// Checks a tenant's records against each other, offline: needs the database alone.
///
/// In order: the chain over the audit log and its seals, what the log says of batches, callbacks, rule sets and texts,
/// then each batch's signature, manifest, place in its lineage, leaves, and the journal's rows against the leaves. It ends at
/// the first link that does not hold, and names it.
package struct AuditVerifier: Sendable {
    let scope: TenantScope
    /// Rows that are looked at in one transaction, so that a running relay is not held up.
    static let page: Int64 = 200

    /// - Parameter scope: of the tenant to check.
    package init(scope: TenantScope) { self.scope = scope }

    /// A head of the chain as an agent has kept it from an answer.
    package struct KeptHead: Hashable, Sendable {
        /// Of the entry; nil where only the digest was kept.
        package let number: Int64?
        package let digest: Digest32

        /// A head of its parts.
        package init(number: Int64?, digest: Digest32) {
            self.number = number
            self.digest = digest
        }

        /// Reads heads, one a line: the digest in hexadecimal, in front of it the number where it is known.
        ///
        /// - Throws: the number of the first line that is none, from 1.
        package static func read(_ text: String) throws(WrongLine) -> [KeptHead] {
            var heads: [KeptHead] = []
            // Any line break: CR with LF is one character, and not "\n".
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (index, line) in lines.enumerated() {
                let words = line.split(whereSeparator: \.isWhitespace)
                if words.isEmpty || words[0].hasPrefix("#") { continue }
                let number = words.count == 2 ? Int64(words[0]) : nil
                guard words.count == 1 || number != nil, words.count <= 2,
                    let bytes = words.last.flatMap({ Hexadecimal.decode($0.lowercased()) }),
                    let digest = Digest32(bytes)
                else { throw WrongLine(number: index + 1) }
                heads.append(KeptHead(number: number, digest: digest))
            }
            return heads
        }

        /// A line that is no head.
        package struct WrongLine: Error, Hashable {
            /// From 1.
            package let number: Int
        }
    }

    /// Checks everything.
    ///
    /// - Parameter heads: heads of the chain that agents have kept from answers: a log that was rewritten or cut as a
    ///   whole is consistent in itself, and differs from them.
    /// - Throws: `SQLError`; what does not hold is part of the report.
    package func verify(heads: [KeptHead] = []) async throws -> AuditReport {
        var report = AuditReport()
        do {
            try await verifyChain(&report)
            try await verify(heads, &report)
            try await verifyBatches(&report)
        } catch let broken as AuditReport.Break {
            report.broken = broken
        }
        return report
    }

    struct Page: Sendable {
        var numbers: Int64
        var head: [UInt8]
        var checked = 0
        var callbacks = 0
        var erased: [AuditReport.Erased] = []
        var isLast: Bool
    }

    private func verifyChain(_ report: inout AuditReport) async throws {
        // Read first: a running relay seals on while the pages are looked at.
        let (seal, open) = try await scope.read { statements in
            let seal = try statements.first("SELECT max(number) FROM audit_seal WHERE tenant = ?1")
            let open = try statements.first(
                "SELECT count(*) FROM audit_entry WHERE tenant = ?1 AND number IS NULL")
            return (try seal?.optionalInteger(0) ?? 0, try open?.integer(0) ?? 0)
        }
        report.unsealed = Int(open)
        var page = Page(numbers: 0, head: AuditChain.start, isLast: false)
        while !page.isLast {
            let before = page
            page = try await scope.read { try Self.next(after: before, $0) }
            report.entries += page.checked
            report.callbacks += page.callbacks
            report.erased += page.erased
        }
        guard seal <= page.numbers else {
            throw AuditReport.Break(
                "audit entry \(page.numbers + 1)", "The log ends before its last seal, \(seal).")
        }
    }

    private static func next(after page: Page, _ statements: TenantStatements) throws -> Page {
        let rows = try statements.rows(
            """
            SELECT e.number, e.chain, e.entry, e.at, e.actor, e.action, e.subject, e.detail, s.head
            FROM audit_entry e LEFT JOIN audit_seal s ON s.tenant = e.tenant AND s.number = e.number
            WHERE e.tenant = ?1 AND e.number > ?2 ORDER BY e.number LIMIT ?3
            """, [.integer(page.numbers), .integer(Self.page)])
        var next = Page(numbers: page.numbers, head: page.head, isLast: rows.count < Int(Self.page))
        for row in rows {
            let number = try row.integer("number")
            let name = "audit entry \(next.numbers + 1)"
            guard number == next.numbers + 1 else { throw AuditReport.Break(name, "It is missing.") }
            let link = try AuditChain.Link(row)
            let chain = AuditChain.link(after: next.head, number: number, link).bytes
            guard try row.optionalBlob("chain") == chain else {
                throw AuditReport.Break(name, "It is not what was sealed.")
            }
            if let head = try row.optionalBlob("head"), head != chain {
                throw AuditReport.Break(name, "Its seal names another head.")
            }
            try checkRecord(link, name, statements, &next)
            (next.numbers, next.head, next.checked) = (number, chain, next.checked + 1)
        }
        return next
    }

    private func verify(_ heads: [KeptHead], _ report: inout AuditReport) async throws {
        for head in heads {
            let found = try await scope.read { statements in
                // By its number where that is known: the digests have no index.
                try statements.first(
                    """
                    SELECT number FROM audit_entry WHERE tenant = ?1 AND number IS NOT NULL AND chain = ?2
                    \(head.number == nil ? "" : "AND number = ?3")
                    """,
                    [.blob(head.digest.bytes)] + (head.number.map { [.integer($0)] } ?? []))?.integer(0)
            }
            guard found != nil else {
                let link = head.number.map { "audit entry \($0)" } ?? "the head \(head.digest.hexadecimal)"
                throw AuditReport.Break(link, "An agent holds this head, and the log has none like it.")
            }
            report.heads += 1
        }
    }
}
