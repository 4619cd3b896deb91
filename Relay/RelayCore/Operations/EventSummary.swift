internal import Cryptography
internal import SQLStore

/// One journaled event as lists and `explain` show it.
package struct EventSummary: Encodable, Sendable {
    /// Its number in the tenant's journal.
    package let event: Int64
    /// Hexadecimal of the identity.
    package let id: String
    package let type: String
    /// The document's number as people know it.
    package let subject: String
    /// REF_DOC_NO.
    package let reference: String
    package let businessKey: String
    package let transition: String
    package let version: String
    /// live, late, backfill or initial.
    package let origin: String
    /// fact, reading, transition or connector.
    package let kind: String
    /// What became of a reading.
    package let verdict: String?
    /// Whether rules saw it.
    package let isTold: Bool
    /// RFC 3339.
    package let time: String
    package let detectedAt: String
    package let journaledAt: String
    /// How many notifications came of it.
    package let notifications: Int64

    static let columns = """
        event, id, type, subject, reference, business_key, transition, version, origin, kind, verdict, told,
        time_at, detected_at, journaled_at,
        (SELECT count(*) FROM notification n WHERE n.tenant = e.tenant AND n.event = e.event) AS notifications
        """

    init(_ row: SQLRow) throws {
        event = try row.integer("event")
        id = Hexadecimal.encode(try row.blob("id"))
        type = try row.text("type")
        subject = try row.text("subject")
        reference = try row.text("reference")
        businessKey = try row.text("business_key")
        transition = try row.text("transition")
        version = try row.text("version")
        origin = try row.text("origin")
        kind = try row.text("kind")
        verdict = try row.optionalText("verdict")
        isTold = try row.integer("told") == 1
        time = try row.moment("time_at").description
        detectedAt = try row.moment("detected_at").description
        journaledAt = try row.moment("journaled_at").description
        notifications = try row.integer("notifications")
    }
}
