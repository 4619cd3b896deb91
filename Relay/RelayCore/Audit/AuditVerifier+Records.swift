internal import Cryptography
internal import Foundation
internal import SQLStore

/// What the log says was stored must still be there, as it was.
extension AuditVerifier {
    static func checkRecord(
        _ link: AuditChain.Link, _ name: String, _ statements: TenantStatements, _ page: inout Page,
    ) throws {
        let detail = (try? JSONDecoder().decode([String: String].self, from: Data(link.detail.utf8))) ?? [:]
        switch link.action {
        case AuditAction.batchAccepted:
            let row = try row("SELECT digest FROM batch WHERE tenant = ?1 AND batch = ?2", link, statements)
            try hold(row.map { try $0.blob(0) }, detail["manifest"], "batch \(link.subject)", name)
        case AuditAction.callbackStored:
            let row = try row(
                "SELECT body, erased_at FROM callback WHERE tenant = ?1 AND callback = ?2", link, statements)
            if let at = try row?.optionalMoment("erased_at") {
                page.erased.append(
                    .init(what: "body of callback \(link.subject)", at: "\(at)", by: "request"))
                return
            }
            let body = try row?.optionalBlob("body").map { SHA256.hash($0).bytes }
            try hold(body, detail["body"], "callback \(link.subject)", name)
            page.callbacks += 1
        case AuditAction.rulesActivated:
            let row = try row(
                "SELECT yaml FROM rule_set WHERE tenant = ?1 AND version = ?2", link, statements)
            let digest = try row.map { SHA256.hash(try $0.text(0)).bytes }
            try hold(digest, detail["digest"], "rule set \(link.subject)", name)
        case AuditAction.notificationCreated, AuditAction.recipientFound:
            try checkNotification(link, name, detail, statements, &page)
        default: break
        }
    }

    /// The text that was rendered is the text that is kept, and the event that caused it is the same.
    private static func checkNotification(
        _ link: AuditChain.Link, _ name: String, _ detail: [String: String], _ statements: TenantStatements,
        _ page: inout Page,
    ) throws {
        let record = "notification \(link.subject)"
        let row = try statements.first(
            """
            SELECT e.id, n.body, n.erased_at FROM notification n
            JOIN event e ON e.tenant = n.tenant AND e.event = n.event
            WHERE n.tenant = ?1 AND n.notification = ?2
            """, [.text(link.subject)])
        try hold(row.map { try $0.blob("id") }, detail["event"], record, name)
        if let at = try row?.optionalMoment("erased_at") {
            page.erased.append(.init(what: "text of \(record)", at: "\(at)", by: "request"))
        } else if let text = detail["text"], try !isReplaced(link, statements) {
            try hold(row?.optionalText("body").map { SHA256.hash($0).bytes }, text, record, name)
        }
    }

    /// Whether a later entry names another text: it was rendered anew when somebody was found to read it.
    private static func isReplaced(_ link: AuditChain.Link, _ statements: TenantStatements) throws -> Bool {
        guard link.action == AuditAction.notificationCreated else { return false }
        return try statements.first(
            "SELECT 1 FROM audit_entry WHERE tenant = ?1 AND subject = ?2 AND action = ?3",
            [.text(link.subject), .text(AuditAction.recipientFound)]) != nil
    }

    private static func row(
        _ sql: String, _ link: AuditChain.Link, _ statements: TenantStatements,
    ) throws -> SQLRow? {
        try statements.first(sql, [SQLValue(Int64(link.subject))])
    }

    private static func hold(
        _ found: [UInt8]?, _ expected: String?, _ record: String, _ entry: String,
    ) throws {
        guard let found, Hexadecimal.encode(found) == expected else {
            throw AuditReport.Break(record, "It is missing, or not the one that \(entry) tells of.")
        }
    }
}
