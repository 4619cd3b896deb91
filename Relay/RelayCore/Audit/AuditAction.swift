/// The actions of audit entries that other code reads again.
enum AuditAction {
    /// A batch was stored; its detail names the manifest's digest.
    static let batchAccepted = "batch.accepted"
    /// A callback was stored; its detail names the body's digest.
    static let callbackStored = "callback.stored"
    /// Another life of the database began.
    static let incarnationDrawn = "relay.incarnation_drawn"
}
