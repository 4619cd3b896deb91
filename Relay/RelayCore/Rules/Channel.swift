/// The ways by which a message reaches somebody; the raw values are those of the tables and of rule files.
package enum Channel: String, Hashable, Sendable, CaseIterable {
    case sms, email
}
