/// Which authorities a client believes.
///
/// The server's name is checked in each case.
package enum TransportTrust: Sendable, Hashable {
    /// The system's store.
    case system
    /// Only these authorities (PEM, one or several), and never the system's store.
    /// `checkDates` false leaves the certificates' dates to the caller, who may know better than the host's clock
    /// what time it is (DESIGN.md section 5).
    case authorities(pem: String, checkDates: Bool)
    /// Only the authority whose certificate has this SHA-256 fingerprint (32 bytes, over its DER form), which the
    /// server must send along with its own: for pairing, where the token holds the pin alone.
    case authorityFingerprint(sha256: [UInt8], checkDates: Bool)
}
