/// A server certificate together with its private key.
package struct IssuedCertificate: Sendable {
    /// The server certificate, followed by the certificate of its authority: what a TLS server sends, so that a
    /// client that holds only the authority's fingerprint can build the chain.
    package let chainPEM: String
    /// The private key (PKCS #8).
    package let privateKeyPEM: Secret
}
