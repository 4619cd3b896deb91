internal import SQLStore

/// One notification with its text, its attempts and everything that was heard about it.
package struct NotificationDetail: Encodable, Sendable {
    /// One transfer.
    package struct Attempt: Encodable, Sendable {
        package let attempt: Int64
        /// open, not_accepted or accepted.
        package let result: String
        package let resultBy: String?
        package let outcome: String?
        package let sid: String?
        package let account: String
        package let sender: String
        package let httpStatus: Int64?
        package let errorCode: String?
        package let errorText: String?
        /// RFC 3339.
        package let intentAt: String
        package let waitUntil: String

        init(_ row: SQLRow) throws {
            attempt = try row.integer("n")
            result = try row.text("result")
            resultBy = try row.optionalText("result_by")
            outcome = try row.optionalText("outcome")
            sid = try row.optionalText("sid")
            account = try row.text("account")
            sender = try row.text("sender")
            httpStatus = try row.optionalInteger("http_status")
            errorCode = try row.optionalText("error_code")
            errorText = try row.optionalText("error_text")
            intentAt = try row.moment("intent_at").description
            waitUntil = try row.moment("wait_until").description
        }
    }

    /// One thing that was heard: a callback's event, an outcome, what a listing or a fetch showed.
    package struct Evidence: Encodable, Sendable {
        package let evidence: Int64
        package let kind: String
        package let attempt: Int64?
        package let status: String?
        package let sid: String?
        package let errorCode: String?
        package let effect: String?
        /// RFC 3339.
        package let receivedAt: String
        package let appliedAt: String?

        init(_ row: SQLRow) throws {
            evidence = try row.integer("evidence")
            kind = try row.text("kind")
            attempt = try row.optionalInteger("n")
            status = try row.optionalText("status")
            sid = try row.optionalText("sid")
            errorCode = try row.optionalText("error_code")
            effect = try row.optionalText("effect")
            receivedAt = try row.moment("received_at").description
            appliedAt = try row.optionalMoment("applied_at")?.description
        }
    }

    /// What lists show of it.
    package let summary: NotificationSummary
    /// Subject of an e-mail.
    package let subject: String?
    /// The text that is sent; nil after an erasure, or while nobody is found to send it to.
    package let body: String?
    package let deliveryPolicy: String
    package let account: String?
    package let sender: String?
    /// Why it stands where it stands and what it waits for, as sentences.
    package let reasons: [String]
    package let attempts: [Attempt]
    package let evidence: [Evidence]

    init(_ row: SQLRow, reasons: [String], attempts: [SQLRow], evidence: [SQLRow]) throws {
        summary = try NotificationSummary(row)
        subject = try row.optionalText("mail_subject")
        body = try row.optionalText("body")
        deliveryPolicy = try row.text("delivery_policy")
        account = try row.optionalText("account")
        sender = try row.optionalText("sender")
        self.reasons = reasons
        self.attempts = try attempts.map(Attempt.init)
        self.evidence = try evidence.map(Evidence.init)
    }

    static let columns =
        NotificationSummary.columns
            + """
            , n.subject AS mail_subject, n.body, n.delivery_policy, n.account, n.sender, n.due_at, n.wait_until,
            n.may_resend, n.closed, n.attempt_limit, n.person_word, n.person_word_by, n.person_word_at
            """
}
