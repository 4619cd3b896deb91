import SQLStore

/// A create as it was received, before anything else happened to it.
struct ReceivedCreate: Sendable {
    var channel: String
    var to: String
    var from: String
    var service: String?
    var body: String
    var callbackURL: String?
    /// The callback's path, or the custom arguments of an e-mail as JSON.
    var correlation: String?
    var raw: String
    /// How long an SMS may wait for its sending; nil for an e-mail.
    var validitySeconds: Int?
}

/// An accepted message, as the API shows it.
struct StoredMessage: Sendable {
    let sid: String
    let channel: String
    var status: String
    var errorCode: Int64?
    let to: String
    let from: String
    let service: String?
    let body: String
    let callbackURL: String?
    let correlation: String?
    let createdMs: Int64
    var sentMs: Int64?
    var updatedMs: Int64

    static let columns = """
        sid, channel, status, error_code, recipient, sender, service, body, callback_url, correlation,
        created_ms, sent_ms, updated_ms
        """

    init(accepting create: ReceivedCreate, sid: String, status: String, nowMs: Int64) {
        self.sid = sid
        channel = create.channel
        self.status = status
        to = create.to
        from = create.from
        service = create.service
        body = create.body
        callbackURL = create.callbackURL
        correlation = create.correlation
        createdMs = nowMs
        updatedMs = nowMs
    }

    init(_ row: SQLRow) throws {
        sid = try row.text(0)
        channel = try row.text(1)
        status = try row.text(2)
        errorCode = try row.optionalInteger(3)
        to = try row.text(4)
        from = try row.text(5)
        service = try row.optionalText(6)
        body = try row.text(7)
        callbackURL = try row.optionalText(8)
        correlation = try row.optionalText(9)
        createdMs = try row.integer(10)
        sentMs = try row.optionalInteger(11)
        updatedMs = try row.integer(12)
    }
}
