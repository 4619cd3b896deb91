import Cryptography
import FoundationEssentials
import Testing

@Suite("Certificates")
struct CertificateTests {
    private static let now: Int64 = 1_790_000_000

    @Test("An authority issues a certificate and is itself restored from PEM")
    func authority() throws {
        let authority = try CertificateAuthority(commonName: "ml-relay", now: Self.now, days: 3650)
        let issued = try authority.issueServerCertificate(
            names: ["localhost", "127.0.0.1"], now: Self.now, days: 90)
        #expect(issued.chainPEM.components(separatedBy: "BEGIN CERTIFICATE").count == 3)
        #expect(issued.privateKeyPEM.exposedText.contains("PRIVATE KEY"))
        let again = try CertificateAuthority(
            certificatePEM: authority.certificate.pem, privateKeyPEM: authority.privateKeyPEM)
        #expect(again.certificate.fingerprint == authority.certificate.fingerprint)
        let leaf = try Certificate(pem: issued.chainPEM)
        #expect(leaf.fingerprint != authority.certificate.fingerprint)
        #expect(leaf.notAfter == Self.now + 90 * 86_400)
        #expect(leaf.notBefore <= Self.now)
    }

    @Test("Another authority's key does not fit", arguments: [true, false])
    func foreignKey(_ swapped: Bool) throws {
        let one = try CertificateAuthority(commonName: "one", now: Self.now, days: 10)
        let two = try CertificateAuthority(commonName: "two", now: Self.now, days: 10)
        let key = swapped ? two.privateKeyPEM : one.privateKeyPEM
        let restored = try? CertificateAuthority(certificatePEM: one.certificate.pem, privateKeyPEM: key)
        #expect((restored == nil) == swapped)
    }

    @Test(
        "Names that could smuggle an extension are refused", arguments: ["a,b", "DNS:x", "a\nb", "", "a b"])
    func names(_ name: String) throws {
        let authority = try CertificateAuthority(commonName: "one", now: Self.now, days: 10)
        #expect(throws: CryptographyError.self) {
            try authority.issueServerCertificate(names: [name], now: Self.now, days: 1)
        }
    }
}
