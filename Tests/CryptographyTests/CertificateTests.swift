import Cryptography
import FoundationEssentials
import TestSupport
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

    @Test("An encrypted key is refused, and nobody is asked for its passphrase")
    func encryptedKey() throws {
        let authority = try CertificateAuthority(commonName: "one", now: Self.now, days: 10)
        let key = Secret(
            """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjWf26Cw0PWJQICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELHsCXzrpgmSG96TQCQEwTMEQBGe
            tTRe5OUCT6MX7xc6Y/fB2//UeHSsUBELJElnggiRMNAYcx4q9FcnDUncV7CGy6Q3
            vo7MK/M/+WT+wsVQ2Og=
            -----END ENCRYPTED PRIVATE KEY-----
            """)
        #expect(throws: CryptographyError.malformed(what: "private key of the certificate authority")) {
            try CertificateAuthority(certificatePEM: authority.certificate.pem, privateKeyPEM: key)
        }
    }

    @Test("A damaged certificate or key never traps, and never comes back as another authority's")
    func damaged() throws {
        let authority = try CertificateAuthority(commonName: "one", now: Self.now, days: 10)
        let certificate = Array(authority.certificate.pem.utf8)
        let key = Array(authority.privateKeyPEM.exposedText.utf8)
        var random = SeededRandom(seed: 31)
        for _ in 0..<1000 {
            let text = String(decoding: Self.damaged(certificate, &random), as: UTF8.self)
            if let found = try? Certificate(pem: text) { _ = (found.fingerprint, found.notAfter, found.pem) }
            let secret = Secret(bytes: Self.damaged(key, &random))
            let restored = try? CertificateAuthority(
                certificatePEM: authority.certificate.pem, privateKeyPEM: secret)
            // A changed bit of the PEM's blank lines or of an unused field may pass, another key may not.
            #expect(restored == nil || restored?.certificate.fingerprint == authority.certificate.fingerprint)
            _ = try? Certificate(der: Self.damaged(certificate, &random))
            _ = try? P256PublicKey(spki: Self.damaged(Array(certificate.prefix(91)), &random))
            _ = try? Ed25519.PublicKey(raw: Self.damaged(Array(certificate.prefix(33)), &random))
        }
    }

    private static func damaged(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            bytes[Int.random(in: bytes.indices, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
        }
        bytes.removeLast(Int.random(in: 0...3, using: &random))
        return bytes
    }
}
