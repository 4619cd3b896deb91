package import Cryptography
internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import Programs
internal import RelayCore

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

    /// Reads the files that the configuration names, and sees that they fit together.
    ///
    /// - Throws: `CommandFailure` of kind `configuration` that names the file: it cannot be read, holds something
    ///   else, lets others read the key, or the key is not the certificate's.
    init(reading files: ListenerConfiguration.CertificateFiles) throws {
        self.init(
            chainPEM: try Self.read(files.certificate), keyPEM: Secret(try Self.readKey(files.key)))
        guard let chain = try? chain, !chain.isEmpty else {
            throw Self.failure(
                "The file \(files.certificate) holds no certificate in PEM.",
                "Give the server's own certificate, and behind it those of the authorities between.")
        }
        guard let key = try? key else {
            throw Self.failure(
                "The file \(files.key) holds no private key in PEM that opens without a passphrase.",
                "Give the key of the certificate, without a passphrase.")
        }
        guard (try? NIOSSLContext(configuration: Self.configuration(chain, key))) != nil else {
            throw Self.failure(
                "The key in \(files.key) is not the one of the certificate in \(files.certificate).",
                "Name the two files that were made together, the server's own certificate first.")
        }
    }

    /// When its validity ends, as seconds since 1970.
    var notAfter: Int64? { try? Certificate(pem: chainPEM).notAfter }

    /// TLS 1.2 or later.
    /// - Throws: `NIOSSLError` for what is no certificate or key.
    var configuration: TLSConfiguration {
        get throws { Self.configuration(try chain, try key) }
    }

    private var chain: [NIOSSLCertificate] {
        get throws { try NIOSSLCertificate.fromPEMBytes(Array(chainPEM.utf8)) }
    }

    private var key: NIOSSLPrivateKey {
        get throws { try NIOSSLPrivateKey(bytes: keyPEM.exposedBytes, format: .pem) }
    }

    private static func configuration(
        _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey,
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // An idle peer does not read our farewell; a relay that ends must not wait for its answer for long.
        configuration.shutdownTimeout = .milliseconds(200)
        return configuration
    }

    private static func readKey(_ path: String) throws -> String {
        let text = try read(path)
        // Of the file itself: certbot and Kubernetes name it by a symbolic link, whose own mode is always 777.
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        if let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue, mode & 0o007 != 0 {
            throw failure(
                "The key \(path) has mode \(String(mode, radix: 8)): everybody may use it.",
                "Run chmod 600 on it, or 640 where a group needs it.")
        }
        return text
    }

    private static func read(_ path: String) throws -> String {
        let content = try NamedFile.bytes(
            path, what: "certificate file", remedy: "Correct the path in the configuration.")
        return String(decoding: content, as: UTF8.self)
    }

    private static func failure(_ sentence: String, _ remedy: String) -> CommandFailure {
        CommandFailure(sentence, remedy: remedy, kind: .configuration)
    }
}
