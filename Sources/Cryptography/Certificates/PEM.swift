internal import COpenSSL

/// Memory buffers of OpenSSL, through which it reads and writes PEM.
enum PEM {
    /// The text that `write` leaves in a fresh buffer; nil when it returns anything but 1.
    static func text(_ write: (OpaquePointer) -> Int32) -> String? {
        guard let buffer = unsafe BIO_new(BIO_s_mem()) else { return nil }
        defer { unsafe BIO_free_all(buffer) }
        guard unsafe write(buffer) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(buffer))
        guard unsafe BIO_read(buffer, &bytes, Int32(bytes.count)) == Int32(bytes.count) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What `read` makes of a buffer that holds `text`.
    static func read<Value>(_ text: String, _ read: (OpaquePointer) -> Value?) -> Value? {
        let bytes = [UInt8](text.utf8)
        return unsafe bytes.withUnsafeBytes { content -> Value? in
            guard let buffer = unsafe BIO_new_mem_buf(content.baseAddress, Int32(content.count)) else {
                return nil
            }
            defer {
                unsafe BIO_free_all(buffer)
                ERR_clear_error()
            }
            return unsafe read(buffer)
        }
    }

    /// The private key in PEM (PKCS #8, not encrypted).
    static func text(of key: EVPKey) -> String? {
        unsafe key.withHandle { handle in
            unsafe text { unsafe PEM_write_bio_PrivateKey($0, handle, nil, nil, 0, nil, nil) }
        }
    }

    /// The first private key of a PEM text; nil for one that is encrypted.
    static func privateKey(_ text: String) -> EVPKey? {
        unsafe read(text) { buffer in
            // Without a callback OpenSSL would ask the terminal for a passphrase, and a service would hang.
            unsafe EVPKey(takingOwnership: PEM_read_bio_PrivateKey(buffer, nil, { _, _, _, _ in -1 }, nil))
        }
    }
}
