internal import COpenSSL

/// A certificate authority of our own: one self-signed P-256 certificate that issues server certificates.
package struct CertificateAuthority: Sendable {
    /// The authority's own certificate.
    package let certificate: Certificate
    private let key: EVPKey

    /// Makes a new key and its self-signed certificate.
    /// - Parameters:
    ///   - commonName: shown to people, at most 64 bytes.
    ///   - now: seconds since 1970; the certificate is valid from one day before, so that slow clocks pass.
    ///   - days: how long it is valid.
    /// - Throws: `unusableName` for an empty or too long name, `library` otherwise.
    package init(commonName: String, now: Int64, days: Int) throws(CryptographyError) {
        let key = try Self.makeKey()
        let draft = try CertificateDraft(subject: commonName, key: key, now: now, days: days)
        try draft.setIssuer(of: nil)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: nil)
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: nil)
        try draft.add(NID_subject_key_identifier, "hash", issuer: nil)
        certificate = try draft.signed(by: key)
        self.key = key
    }

    /// Takes a stored authority.
    /// - Throws: `malformed` when either text cannot be read or the key is not the certificate's.
    package init(certificatePEM: String, privateKeyPEM: Secret) throws(CryptographyError) {
        let certificate = try Certificate(pem: certificatePEM)
        guard let key = PEM.privateKey(privateKeyPEM.exposedText),
            unsafe certificate.withHandle({ certificate in
                unsafe key.withHandle { unsafe X509_check_private_key(certificate, $0) == 1 }
            })
        else { throw .malformed(what: "private key of the certificate authority") }
        self.certificate = certificate
        self.key = key
    }

    /// The private key (PKCS #8), for the vault alone.
    package var privateKeyPEM: Secret { Secret(PEM.text(of: key) ?? "") }

    /// Issues a server certificate with a new key.
    /// - Parameters:
    ///   - names: DNS names and IP addresses that the server is called by; at least one.
    ///   - now: seconds since 1970; valid from one day before.
    ///   - days: how long it is valid.
    /// - Throws: `unusableName` for a name that is neither, `library` otherwise.
    package func issueServerCertificate(
        names: [String], now: Int64, days: Int,
    ) throws(CryptographyError) -> IssuedCertificate {
        guard let first = names.first else { throw .unusableName("") }
        var entries: [String] = []
        for name in names { entries.append(try Self.alternativeName(name)) }
        let key = try Self.makeKey()
        let draft = try CertificateDraft(subject: String(first.prefix(64)), key: key, now: now, days: days)
        try draft.setIssuer(of: certificate)
        try draft.add(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
        try draft.add(NID_key_usage, "critical,digitalSignature", issuer: certificate)
        try draft.add(NID_ext_key_usage, "serverAuth", issuer: certificate)
        try draft.add(NID_subject_key_identifier, "hash", issuer: certificate)
        try draft.add(NID_authority_key_identifier, "keyid", issuer: certificate)
        try draft.add(NID_subject_alt_name, entries.joined(separator: ","), issuer: certificate)
        let issued = try draft.signed(by: self.key)
        guard let keyPEM = PEM.text(of: key) else { throw .library(operation: "write a private key") }
        return IssuedCertificate(chainPEM: issued.pem + certificate.pem, privateKeyPEM: Secret(keyPEM))
    }

    /// The entry of a subject alternative name; whoever passes a comma or a colon could add entries of his own.
    private static func alternativeName(_ name: String) throws(CryptographyError) -> String {
        if let address = unsafe a2i_IPADDRESS(name) {
            unsafe ASN1_STRING_free(address)
            return "IP:" + name
        }
        ERR_clear_error()
        let allowed = name.utf8.allSatisfy { character in
            switch character {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"): true
            default: false
            }
        }
        guard allowed, !name.isEmpty, name.utf8.count <= 253 else { throw .unusableName(name) }
        return "DNS:" + name
    }

    private static func makeKey() throws(CryptographyError) -> EVPKey {
        guard let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else {
            throw .library(operation: "make a key")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var pointer: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            unsafe EVP_PKEY_keygen(context, &pointer) == 1,
            let key = unsafe EVPKey(takingOwnership: pointer)
        else { throw .library(operation: "make a key") }
        return key
    }
}
