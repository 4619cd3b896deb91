internal import CCurl
internal import COpenSSL

extension TransportError.Kind {
    /// The class of libcurl's number; `verification` is OpenSSL's word on the certificate.
    init(code: CURLcode, verification: Int) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
        case CURLE_COULDNT_CONNECT: self = .connect
        case CURLE_PROXY: self = .proxy
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_SSL_CACERT_BADFILE:
            self = .malformedRequest
        case CURLE_PEER_FAILED_VERIFICATION: self = .tls(.init(verification: verification))
        case CURLE_SSL_CONNECT_ERROR: self = .tls(.handshake)
        case CURLE_SEND_FAIL_REWIND, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING,
            CURLE_PARTIAL_FILE,
            CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            self = .reset
        default: self = .other
        }
    }
}

extension TransportError.TLSProblem {
    /// By OpenSSL's verification result; libcurl compares the name itself, behind a chain that was good.
    fileprivate init(verification: Int) {
        switch Int32(truncatingIfNeeded: verification) {
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        // libcurl sets "unspecified" before it compares the name, and the chain's result only after that.
        case X509_V_OK, X509_V_ERR_UNSPECIFIED: self = .wrongName
        default: self = .untrusted
        }
    }
}
