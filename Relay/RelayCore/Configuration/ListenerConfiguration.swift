/// One listener: where it waits, how others call it, and the certificate it shows.
package struct ListenerConfiguration: Hashable, Sendable {
    /// Certificate chain and key in PEM files.
    package struct CertificateFiles: Hashable, Sendable {
        /// Chain, the server's own certificate first.
        package let certificate: String
        /// Private key (PKCS #8).
        package let key: String

        /// The paths of both.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Where it waits.
    package let listen: ListenAddress
    /// The address by which others reach it, without a slash at its end; never guessed from a request.
    package let address: String
    /// The certificate given; nil: agents get one of the relay's own authority, `public` speaks plain HTTP.
    package let certificate: CertificateFiles?
}
