internal import Cryptography

extension TenantSecrets {
    /// As ``set(_:name:value:by:now:)``, for a command that has read the value as text.
    @discardableResult
    package func set(
        _ scope: TenantScope, name: String, text: String, by: String, now: Moment,
    ) async throws -> Int64 {
        try await set(scope, name: name, value: Secret(text), by: by, now: now)
    }
}
