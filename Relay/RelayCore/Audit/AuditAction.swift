/// The actions of audit entries that other code reads again.
enum AuditAction {
    /// A batch was stored; its detail names the manifest's digest.
    static let batchAccepted = "batch.accepted"
    /// A callback was stored; its detail names the body's digest.
    static let callbackStored = "callback.stored"
    /// A rule set became the active one; its detail names the file's digest.
    static let rulesActivated = "rules.activated"
    /// A notification was made; its detail names the event, and the text's digest where there is one yet.
    static let notificationCreated = "notification.created"
    /// Whom a notification is for was found later; its detail names the text, in place of any before.
    static let recipientFound = "notification.recipient_found"
    /// Another life of the database began.
    static let incarnationDrawn = "relay.incarnation_drawn"
}
