internal import COpenSSL

/// A certificate that is still being filled in.
@safe struct CertificateDraft: ~Copyable {
    private let pointer: OpaquePointer

    init(subject: String, key: EVPKey, now: Int64, days: Int) throws(CryptographyError) {
        guard !subject.isEmpty, subject.utf8.count <= 64 else { throw .unusableName(subject) }
        guard let pointer = unsafe X509_new() else { throw .library(operation: "make a certificate") }
        guard unsafe Self.fill(pointer, subject: subject, key: key, now: now, days: days) else {
            unsafe X509_free(pointer)
            throw .library(operation: "make a certificate")
        }
        unsafe self.pointer = pointer
    }

    private static func fill(
        _ pointer: OpaquePointer, subject: String, key: EVPKey, now: Int64, days: Int,
    ) -> Bool {
        var serial = SecureRandom.system.bytes(16)
        serial[0] &= 0x7F  // RFC 5280: a positive number
        let name = unsafe X509_get_subject_name(pointer)
        let number = unsafe BN_bin2bn(serial, Int32(serial.count), nil)
        defer { unsafe BN_free(number) }
        let lastDay = now + Int64(days) * 86_400
        return unsafe X509_set_version(pointer, 2) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil
            && X509_NAME_add_entry_by_txt(
                name, "CN", MBSTRING_UTF8, subject, Int32(subject.utf8.count), -1, 0) == 1
            && ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(now - 86_400)) != nil
            && ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(lastDay)) != nil
            && key.withHandle { unsafe X509_set_pubkey(pointer, $0) } == 1
    }

    deinit { unsafe X509_free(pointer) }

    /// Names the issuer: another certificate, or the draft itself.
    func setIssuer(of issuer: Certificate?) throws(CryptographyError) {
        let code =
            if let issuer {
                unsafe issuer.withHandle { unsafe X509_set_issuer_name(pointer, X509_get_subject_name($0)) }
            } else {
                unsafe X509_set_issuer_name(pointer, X509_get_subject_name(pointer))
            }
        guard code == 1 else { throw .library(operation: "name the issuer of a certificate") }
    }

    /// Adds one extension in OpenSSL's text form.
    func add(_ nid: Int32, _ value: String, issuer: Certificate?) throws(CryptographyError) {
        let added =
            if let issuer {
                unsafe issuer.withHandle { unsafe add(nid, value, issuerHandle: $0) }
            } else {
                unsafe add(nid, value, issuerHandle: pointer)
            }
        guard added else {
            ERR_clear_error()
            throw .library(operation: "write the certificate extension \(value)")
        }
    }

    private func add(_ nid: Int32, _ value: String, issuerHandle: OpaquePointer) -> Bool {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuerHandle, pointer, nil, nil, 0)
        guard let part = unsafe X509V3_EXT_conf_nid(nil, &context, nid, value) else { return false }
        defer { unsafe X509_EXTENSION_free(part) }
        return unsafe X509_add_ext(pointer, part, -1) == 1
    }

    /// The finished certificate.
    func signed(by key: EVPKey) throws(CryptographyError) -> Certificate {
        let count = unsafe key.withHandle { unsafe X509_sign(pointer, $0, EVP_sha256()) }
        guard count > 0, unsafe X509_up_ref(pointer) == 1,
            let certificate = unsafe Certificate(takingOwnership: pointer)
        else { throw .library(operation: "sign a certificate") }
        return certificate
    }
}
