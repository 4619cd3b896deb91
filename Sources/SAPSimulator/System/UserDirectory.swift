import Synchronization

/// The users that may log on; five wrong passwords lock one, as SAP's default does.
final class UserDirectory: Sendable {
    private struct User {
        var password: String
        var failures = 0
    }

    private static let limit = 5
    private let users = Mutex<[String: User]>([:])

    /// Adds a user, or gives one a new password and no failures.
    ///
    /// The key is client and name.
    func set(_ name: String, client: String, password: String) {
        users.withLock { $0[client + name.uppercased()] = User(password: password) }
    }

    /// Locks a user, or takes the lock away.
    func lock(_ name: String, client: String, _ locked: Bool) {
        users.withLock { $0[client + name.uppercased()]?.failures = locked ? Self.limit : 0 }
    }

    /// Whether the logon is good; a locked user's right password is refused with the same text.
    func admit(_ name: String, client: String, password: String) -> Bool {
        users.withLock { users in
            guard var user = users[client + name.uppercased()], user.failures < Self.limit else {
                return false
            }
            let good = user.password == password
            user.failures = good ? 0 : user.failures + 1
            users[client + name.uppercased()] = user
            return good
        }
    }
}
