internal import CCurl
internal import COpenSSL
internal import Glibc

// The C functions that libcurl and OpenSSL call; each finds its transfer in the context pointer.

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

/// READFUNCTION: hands out the body, piece by piece.
func sendBody(
    _ target: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
) -> Int {
    guard let transfer = unsafe transfer(context), let target = unsafe target,
        let piece = transfer.nextBodyPiece(limit: size * count)
    else { return Int(CURL_READFUNC_ABORT) }
    unsafe piece.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe memcpy(target, start, bytes.count)
    }
    return piece.count
}

/// SEEKFUNCTION: fails for what must not be sent twice.
func seekBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard let transfer = unsafe transfer(context), origin == SEEK_SET, transfer.rewindBody(to: Int(offset))
    else {
        return CURL_SEEKFUNC_FAIL
    }
    return CURL_SEEKFUNC_OK
}

/// HEADERFUNCTION: one whole header line.
func receiveHeader(
    _ line: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
) -> Int {
    guard let transfer = unsafe transfer(context) else { return 0 }
    transfer.takeHeader(unsafe Array(UnsafeRawBufferPointer(start: line, count: size * count)))
    return size * count
}

/// WRITEFUNCTION: a piece of the answer's body.
func receiveBody(
    _ piece: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
) -> Int {
    let bytes = unsafe UnsafeRawBufferPointer(start: piece, count: size * count)
    guard let transfer = unsafe transfer(context), unsafe transfer.takeBody(bytes) else { return 0 }
    return size * count
}

/// SOCKOPTFUNCTION: closing resets the connection and drops what the kernel has not sent.
func resetOnClose(_ socket: curl_socket_t) -> Int32 {
    var setting = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    return Int32(CURL_SOCKOPT_OK)
}

/// SSL_CTX_FUNCTION: takes the dates out of the check, or puts the check by fingerprint in its place.
func adjustVerification(_ tls: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) -> CURLcode {
    guard let transfer = unsafe transfer(context), let tls = unsafe tls.map({ OpaquePointer($0) }) else {
        return CURLE_ABORTED_BY_CALLBACK
    }
    switch transfer.request.trust {
    case .system, .authorities(_, checkDates: true): break
    case .authorities(_, checkDates: false):
        unsafe X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(tls), UInt(X509_V_FLAG_NO_CHECK_TIME))
    case .authorityFingerprint:
        unsafe SSL_CTX_set_cert_verify_callback(tls, { unsafe verifyByFingerprint($0, $1) }, context)
    }
    return CURLE_OK
}

/// Verifies the chain with the one certificate the server sent whose fingerprint is pinned as the only trusted one.
private func verifyByFingerprint(_ store: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let store = unsafe store, let transfer = unsafe transfer(context),
        case .authorityFingerprint(let pin, let checkDates) = transfer.request.trust,
        let trusted = unsafe ml_certificate_stack()
    else { return 0 }
    defer { unsafe ml_certificate_stack_free(trusted) }
    let sent = unsafe X509_STORE_CTX_get0_untrusted(store)
    for index in 0..<max(0, unsafe ml_certificate_count(sent)) {
        let certificate = unsafe ml_certificate_at(sent, index)
        var digest = [UInt8](repeating: 0, count: 32)
        if unsafe X509_digest(certificate, EVP_sha256(), &digest, nil) == 1, digest == pin {
            unsafe ml_certificate_push(trusted, certificate)
        }
    }
    unsafe X509_STORE_CTX_set0_trusted_stack(store, trusted)
    if !checkDates { unsafe X509_STORE_CTX_set_flags(store, UInt(X509_V_FLAG_NO_CHECK_TIME)) }
    return unsafe X509_verify_cert(store)
}
