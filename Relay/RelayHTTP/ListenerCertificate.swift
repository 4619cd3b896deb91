package import Cryptography
internal import NIOCore
internal import NIOSSL

/// What a listener shows: its certificate chain and the key to it.
package struct ListenerCertificate: Sendable {
    private let chainPEM: String
    private let keyPEM: Secret

    /// - Parameters:
    ///   - chainPEM: the server's own certificate first.
    ///   - keyPEM: its private key (PKCS #8).
    package init(chainPEM: String, keyPEM: Secret) {
        self.chainPEM = chainPEM
        self.keyPEM = keyPEM
    }

    /// TLS 1.2 or later.
    /// - Throws: `NIOSSLError` for what is no certificate or key.
    var configuration: TLSConfiguration {
        get throws {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(chainPEM.utf8))
            let key = try NIOSSLPrivateKey(bytes: keyPEM.exposedBytes, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            // An idle peer does not read our farewell; a relay that ends must not wait for its answer for long.
            configuration.shutdownTimeout = .milliseconds(200)
            return configuration
        }
    }
}
