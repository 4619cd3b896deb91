internal import SQLStore

/// One notification as lists show it.
package struct NotificationSummary: Encodable, Sendable {
    /// 32 hexadecimal digits.
    package let notification: String
    package let event: Int64
    /// The document's number.
    package let subject: String
    package let rule: String
    package let channel: String
    /// What the rule asked for: buyer, vendor, ….
    package let role: String
    package let address: String?
    /// State of the machine (facts/send.md).
    package let state: String
    package let attempts: Int64
    package let sid: String?
    package let errorCode: String?
    package let errorText: String?
    /// Why a person has to look at it.
    package let personReason: String?
    package let heldReason: String?
    /// RFC 3339.
    package let createdAt: String
    package let changedAt: String
    package let deadlineAt: String

    static let columns = """
        n.notification, n.event, e.subject AS document, n.rule, n.channel, n.role, n.address, n.state, n.attempt,
        n.sid, n.error_code, n.error_text, n.person_reason, n.held_reason, n.created_at, n.changed_at,
        n.deadline_at
        """
    static let source = "notification n JOIN event e ON e.tenant = n.tenant AND e.event = n.event"

    init(_ row: SQLRow) throws {
        notification = try row.text("notification")
        event = try row.integer("event")
        subject = try row.text("document")
        rule = try row.text("rule")
        channel = try row.text("channel")
        role = try row.text("role")
        address = try row.optionalText("address")
        state = try row.text("state")
        attempts = try row.integer("attempt")
        sid = try row.optionalText("sid")
        errorCode = try row.optionalText("error_code")
        errorText = try row.optionalText("error_text")
        personReason = try row.optionalText("person_reason")
        heldReason = try row.optionalText("held_reason")
        createdAt = try row.moment("created_at").description
        changedAt = try row.moment("changed_at").description
        deadlineAt = try row.moment("deadline_at").description
    }
}
