internal import CCurl

/// One request under way.
///
/// Made anywhere, then used on the engine's thread alone until `finish`.
@safe final class Transfer: @unchecked Sendable {
    // Handed from the caller to the engine through a lock, and touched by nobody else afterwards.
    enum Ending {
        case ended(CURLcode)
        case refused
        case cancelled
    }

    let number: UInt64
    let request: TransportRequest
    private let continuation: CheckedContinuation<Result<TransportResponse, TransportError>, Never>
    private let handle: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    private var answer = AnswerCollector()
    private var bodyOffset = 0
    private var bodyWasRead = false
    private var wasWithheld = false
    private var malformed: String?

    init(
        number: UInt64, request: TransportRequest,
        continuation: CheckedContinuation<Result<TransportResponse, TransportError>, Never>,
    ) {
        self.number = number
        self.request = request
        self.continuation = continuation
        unsafe handle = curl_easy_init()
        answer.bodyLimit = request.responseBodyLimit
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headerList)
    }

    /// Lends the handle for the time of `body`.
    func withHandle<Value>(_ body: (UnsafeMutableRawPointer?) -> Value) -> Value { unsafe body(handle) }

    /// Sets every option; false when the request cannot be sent as it is written.
    func prepare(userAgent: String) -> Bool {
        guard unsafe handle != nil else { return refuse("libcurl has no memory") }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ml_curl_set_ptr(handle, CURLOPT_PRIVATE, context)
        guard unsafe ml_curl_set_str(handle, CURLOPT_URL, request.url) == CURLE_OK,
            unsafe ml_curl_http_only(handle) == CURLE_OK
        else { return refuse("the address is not usable") }
        unsafe ml_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Else ending a request whose name look-up hangs stops every other request until the look-up is over.
        unsafe ml_curl_leave_resolver(handle)
        unsafe ml_curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        unsafe ml_curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        unsafe ml_curl_set_long(handle, CURLOPT_TIMEOUT_MS, request.timeout.wholeMilliseconds)
        unsafe ml_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        unsafe ml_curl_set_str(handle, CURLOPT_USERAGENT, userAgent)
        unsafe errorText.withUnsafeMutableBufferPointer {
            _ = unsafe ml_curl_set_ptr(handle, CURLOPT_ERRORBUFFER, $0.baseAddress)
        }
        unsafe ml_curl_set_socket_fn(handle) { _, socket, _ in resetOnClose(socket) }
        unsafe ml_curl_set_data_fn(handle, CURLOPT_HEADERFUNCTION) { unsafe receiveHeader($0, $1, $2, $3) }
        unsafe ml_curl_set_ptr(handle, CURLOPT_HEADERDATA, context)
        unsafe ml_curl_set_data_fn(handle, CURLOPT_WRITEFUNCTION) { unsafe receiveBody($0, $1, $2, $3) }
        unsafe ml_curl_set_ptr(handle, CURLOPT_WRITEDATA, context)
        setProxy()
        return unsafe setMethodAndBody(context) && setHeaders() && setTrust(context)
    }

    private func refuse(_ reason: String) -> Bool {
        malformed = reason
        return false
    }

    private func setProxy() {
        // Set, so that libcurl looks at no proxy variable of the environment: no_proxy would open a way past.
        unsafe ml_curl_set_str(handle, CURLOPT_NOPROXY, "")
        guard case .url(let address, let credentials) = request.proxy else {
            unsafe ml_curl_set_str(handle, CURLOPT_PROXY, "")
            return
        }
        unsafe ml_curl_set_str(handle, CURLOPT_PROXY, address)
        if let credentials {
            unsafe ml_curl_set_str(handle, CURLOPT_PROXYUSERPWD, credentials)
            unsafe ml_curl_set_long(handle, CURLOPT_PROXYAUTH, Int(bitPattern: ml_curl_any_auth()))
        }
    }

    private func setMethodAndBody(_ context: UnsafeMutableRawPointer) -> Bool {
        guard let body = request.body else {
            if request.method == "HEAD" { unsafe ml_curl_set_long(handle, CURLOPT_NOBODY, 1) }
            unsafe ml_curl_set_str(handle, CURLOPT_CUSTOMREQUEST, request.method)
            return true
        }
        unsafe ml_curl_set_long(handle, CURLOPT_POST, 1)
        unsafe ml_curl_set_off(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        unsafe ml_curl_set_str(handle, CURLOPT_CUSTOMREQUEST, request.method)
        unsafe ml_curl_set_data_fn(handle, CURLOPT_READFUNCTION) { unsafe sendBody($0, $1, $2, $3) }
        unsafe ml_curl_set_ptr(handle, CURLOPT_READDATA, context)
        unsafe ml_curl_set_seek_fn(handle) { unsafe seekBody($0, $1, $2) }
        unsafe ml_curl_set_ptr(handle, CURLOPT_SEEKDATA, context)
        return true
    }

    private func setHeaders() -> Bool {
        // Empty: no "Expect: 100-continue", which costs a second where the server does not know it.
        var lines = ["Expect:"]
        if request.body != nil, !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for (name, value) in request.headers {
            guard !(name + value).utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else {
                return refuse("the header \(name) holds a line end")
            }
            // A field with an empty value is written with a semicolon in libcurl's form.
            lines.append(value.isEmpty ? name + ";" : name + ": " + value)
        }
        for line in lines { unsafe headerList = curl_slist_append(headerList, line) }
        return unsafe ml_curl_set_list(handle, CURLOPT_HTTPHEADER, headerList) == CURLE_OK
    }

    private func setTrust(_ context: UnsafeMutableRawPointer) -> Bool {
        unsafe ml_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        unsafe ml_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        unsafe ml_curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        guard request.trust != .system else { return true }
        unsafe ml_curl_set_str(handle, CURLOPT_CAINFO, nil)
        unsafe ml_curl_set_str(handle, CURLOPT_CAPATH, nil)
        if case .authorities(let pem, _) = request.trust {
            let bytes = [UInt8](pem.utf8)
            guard unsafe ml_curl_set_blob(handle, CURLOPT_CAINFO_BLOB, bytes, bytes.count) == CURLE_OK else {
                return refuse("the pinned authority cannot be used")
            }
        }
        unsafe ml_curl_set_ssl_ctx_fn(handle) { _, tls, context in unsafe adjustVerification(tls, context) }
        unsafe ml_curl_set_ptr(handle, CURLOPT_SSL_CTX_DATA, context)
        return true
    }

    // MARK: What libcurl calls, through the functions of TransferCallbacks.swift

    /// The next piece of the body; nil when the caller withholds it.
    func nextBodyPiece(limit: Int) -> ArraySlice<UInt8>? {
        if !bodyWasRead {
            if let beforeTransfer = request.beforeTransfer, !beforeTransfer() {
                wasWithheld = true
                return nil
            }
            bodyWasRead = true
        }
        let body = request.body ?? []
        let piece = body[bodyOffset..<min(body.count, bodyOffset + limit)]
        bodyOffset += piece.count
        return piece
    }

    /// Whether the body may be read again from `offset`: never, where the request must not be sent twice.
    func rewindBody(to offset: Int) -> Bool {
        guard request.idempotent, offset >= 0, offset <= request.body?.count ?? 0 else { return false }
        bodyOffset = offset
        return true
    }

    func takeHeader(_ line: [UInt8]) { answer.takeHeader(line) }
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool { unsafe answer.takeBody(bytes) }

    // MARK: The end

    /// Hands the outcome to the caller; called exactly once.
    func finish(_ ending: Ending) {
        switch ending {
        case .ended(CURLE_OK) where answer.isHeadOver:
            continuation.resume(returning: .success(answer.response))
        case .ended(CURLE_OK): continuation.resume(returning: .failure(error(CURLE_PARTIAL_FILE)))
        case .ended(let code): continuation.resume(returning: .failure(error(code)))
        case .cancelled:
            continuation.resume(returning: .failure(TransportError(kind: .cancelled, departure: departure)))
        case .refused:
            continuation.resume(
                returning: .failure(
                    TransportError(
                        kind: .malformedRequest, departure: .notLeft,
                        detail: malformed ?? "libcurl refused it")))
        }
    }

    private var departure: TransportError.Departure {
        if request.body?.isEmpty == false { return bodyWasRead ? .ambiguous : .notLeft }
        var sent = 0
        unsafe ml_curl_get_long(handle, CURLINFO_REQUEST_SIZE, &sent)
        return sent > 0 ? .ambiguous : .notLeft
    }

    private func error(_ code: CURLcode) -> TransportError {
        var verification = 0
        unsafe ml_curl_get_long(handle, CURLINFO_SSL_VERIFYRESULT, &verification)
        let kind: TransportError.Kind =
            if wasWithheld {
                .withheld
            } else if answer.isOverLimit {
                .responseTooLarge
            } else {
                .init(code: code, verification: verification)
            }
        let text = errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return TransportError(
            kind: kind, departure: departure, code: Int32(code.rawValue),
            detail: String(decoding: text, as: UTF8.self))
    }
}

extension Duration {
    /// Rounded up, at least 1: 0 would mean no limit to libcurl; at most the 24 days that libcurl can count.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = min(self, .milliseconds(Int32.max)).components
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
