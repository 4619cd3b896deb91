package import ConnectorProtocol
internal import Cryptography
internal import Foundation
internal import SQLStore

/// Checks a tenant's records against each other, offline: needs the database alone.
///
/// In order: the chain over the audit log and its seals, what the log says of batches and callbacks, then each
/// batch's signature, manifest, place in its lineage, leaves, and the journal's rows against the leaves. It ends at
/// the first link that does not hold, and names it.
package struct AuditVerifier: Sendable {
    let scope: TenantScope
    /// Rows that are looked at in one transaction, so that a running relay is not held up.
    static let page: Int64 = 200

    /// - Parameter scope: of the tenant to check.
    package init(scope: TenantScope) { self.scope = scope }

    /// Checks everything.
    ///
    /// - Parameter heads: heads of the chain that agents have kept from acknowledgements: a log that was rewritten
    ///   as a whole is consistent in itself, and differs from them.
    /// - Throws: `SQLError`; what does not hold is part of the report.
    package func verify(heads: [AuditHead] = []) async throws -> AuditReport {
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

    private struct Page: Sendable {
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
            try check(link, name, statements, &next)
            (next.numbers, next.head, next.checked) = (number, chain, next.checked + 1)
        }
        return next
    }

    /// What the log says was stored must still be there, as it was.
    private static func check(
        _ link: AuditChain.Link, _ name: String, _ statements: TenantStatements, _ page: inout Page,
    ) throws {
        guard let number = Int64(link.subject) else { return }
        let detail = (try? JSONDecoder().decode([String: String].self, from: Data(link.detail.utf8))) ?? [:]
        switch link.action {
        case AuditAction.batchAccepted:
            let row = try statements.first(
                "SELECT digest FROM batch WHERE tenant = ?1 AND batch = ?2", [.integer(number)])
            guard try row.map({ Hexadecimal.encode(try $0.blob(0)) }) == detail["manifest"] else {
                throw AuditReport.Break(
                    "batch \(number)", "It is missing, or not the one that \(name) tells of.")
            }
        case AuditAction.callbackStored:
            let row = try statements.first(
                "SELECT body, erased_at FROM callback WHERE tenant = ?1 AND callback = ?2", [.integer(number)]
            )
            if let at = try row?.optionalMoment("erased_at") {
                page.erased.append(.init(what: "body of callback \(number)", at: "\(at)", by: "request"))
                return
            }
            let body = try row?.optionalBlob("body")
            guard body.map({ SHA256.hash($0).hexadecimal }) == detail["body"] else {
                throw AuditReport.Break(
                    "callback \(number)", "It is missing, or not the one that \(name) tells of.")
            }
            page.callbacks += 1
        default: break
        }
    }

    private func verify(_ heads: [AuditHead], _ report: inout AuditReport) async throws {
        for head in heads {
            let chain = try await scope.read { statements in
                try statements.first(
                    "SELECT chain FROM audit_entry WHERE tenant = ?1 AND number = ?2",
                    [.integer(Int64(clamping: head.number))])?.optionalBlob(0)
            }
            guard let chain else {
                throw AuditReport.Break(
                    "audit entry \(head.number)", "It is missing; an agent holds a head with this number.")
            }
            guard chain == head.digest.bytes else {
                throw AuditReport.Break(
                    "audit entry \(head.number)", "It is not the one whose head an agent holds.")
            }
            report.heads += 1
        }
    }
}
