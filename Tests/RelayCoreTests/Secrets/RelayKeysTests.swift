import Cryptography
import RelayCore
import TestSupport
import Testing

@Suite("Keys and secrets of the relay")
struct RelayKeysTests {
    static let now = Moment(milliseconds: 1_780_000_000_000)

    static func vault(_ folder: TemporaryFolder) throws -> Vault {
        Vault(
            path: folder.file("relay.vault"),
            masterKey: try MasterKey(raw: [UInt8](repeating: 7, count: 32)))
    }

    static func scope(_ folder: TemporaryFolder) async throws -> TenantScope {
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        try await store.initialise(now: now, random: .system)
        try await store.makeTenant(.first, name: "Test", now: now)
        return store.scope(.first)
    }

    @Test("Keys are made once, survive a second init, and are the same when read again")
    func create() throws {
        let vault = try Self.vault(try TemporaryFolder())
        #expect(throws: SecretsError.self) { try RelayKeys.load(from: vault) }
        let first = try RelayKeys.create(in: vault, now: Self.now)
        let second = try RelayKeys.create(in: vault, now: Self.now + .seconds(1_000))
        let read = try RelayKeys.load(from: vault)
        for keys in [second, read] {
            #expect(keys.signing.publicKey == first.signing.publicKey)
            #expect(keys.nonceKey == first.nonceKey)
            #expect(keys.sealingKey == first.sealingKey)
            #expect(keys.authority.certificate.pem == first.authority.certificate.pem)
        }
        #expect(first.nonceKey != first.sealingKey)
    }

    @Test("What is sealed opens in its own context only")
    func seal() throws {
        let keys = try RelayKeys.create(in: Self.vault(try TemporaryFolder()), now: Self.now)
        let sealed = try keys.seal([1, 2, 3], context: "a")
        #expect(try keys.open(sealed, context: "a") == [1, 2, 3])
        #expect(throws: CryptographyError.authenticationFailed) { try keys.open(sealed, context: "b") }
    }

    @Test("Setting a secret again rotates it: the one before stays valid, the third is retired")
    func rotation() async throws {
        let folder = try TemporaryFolder()
        let secrets = TenantSecrets(keys: try RelayKeys.create(in: Self.vault(folder), now: Self.now))
        let scope = try await Self.scope(folder)
        #expect(try await secrets.current(scope, name: "t.auth_token") == nil)
        for (number, value) in ["one", "two", "three"].enumerated() {
            let stored = try await secrets.set(
                scope, name: "t.auth_token", value: Secret(value), by: "anna", now: Self.now)
            #expect(stored == Int64(number + 1))
        }
        let current = try #require(try await secrets.current(scope, name: "t.auth_token"))
        #expect(current.primary == Secret("three"))
        #expect(current.secondary == Secret("two"))
        await #expect(throws: SecretsError.unusableName("a b")) {
            try await secrets.set(scope, name: "a b", value: Secret("x"), by: "anna", now: Self.now)
        }
    }

    @Test("A sealed secret moved to another name does not open")
    func moved() async throws {
        let folder = try TemporaryFolder()
        let secrets = TenantSecrets(keys: try RelayKeys.create(in: Self.vault(folder), now: Self.now))
        let scope = try await Self.scope(folder)
        try await secrets.set(scope, name: "a.auth_token", value: Secret("x"), by: "anna", now: Self.now)
        _ = try await scope.write {
            try $0.run("UPDATE secret SET name = 'b.auth_token' WHERE tenant = ?1")
        }
        await #expect(throws: SecretsError.sealedElsewhere(name: "b.auth_token")) {
            _ = try await secrets.current(scope, name: "b.auth_token")
        }
    }

    @Test("A nonce is right for its own attempt only, and says to which life of the database it belongs")
    func nonce() throws {
        let key = Secret("key")
        let other = try #require(TenantID("other"))
        let lives: [[UInt8]] = [[UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16)]
        let nonce = AttemptNonce.make(
            key: key, tenant: .first, notification: "ab", incarnation: lives[1], n: 3)
        let text = AttemptNonce.text(nonce)
        #expect(text.utf8.count == 43)
        func find(
            _ text: String, tenant: TenantID = .first, notification: String = "ab", n: Int64 = 3,
        ) -> [UInt8]? {
            AttemptNonce.incarnation(
                of: text, key: key, tenant: tenant, notification: notification, n: n, among: lives)
        }
        #expect(find(text) == lives[1])
        #expect(find(text, tenant: other) == nil)
        #expect(find(text, notification: "a") == nil)
        #expect(find(text, n: 33) == nil)
        #expect(find("") == nil)
        #expect(find(text + "=") == nil)
        #expect(find(String(text.dropLast())) == nil)
        #expect(
            AttemptNonce.callbackAddress(
                publicURL: "https://r.example/", webhook: "hook", notification: "ab", n: 3, nonce: nonce)
                == "https://r.example/w/hook/ab/3/" + text)
    }
}
