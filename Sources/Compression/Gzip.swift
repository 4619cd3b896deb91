internal import CZlib

/// One gzip member in memory, packed and unpacked piece by piece (RFC 1952).
package enum Gzip {
    private static let pieceBytes = 64 * 1024

    /// Packs `bytes` as exactly one gzip member.
    ///
    /// The header holds no time and no name, so that equal bytes give equal members under one version of zlib.
    /// - Parameters:
    ///   - bytes: the content, which may be empty.
    ///   - level: 0 (store) to 9 (smallest); other numbers are taken to the nearer end.
    /// - Throws: `GzipError.outOfMemory`.
    package static func compress(_ bytes: [UInt8], level: Int = 6) throws(GzipError) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe ml_deflate_init_gzip(&stream, Int32(min(max(level, 0), 9))) == Z_OK else {
            throw .outOfMemory
        }
        defer { unsafe deflateEnd(&stream) }
        return try unsafe run(&stream, over: bytes, limit: .max) { unsafe deflate($0, Z_FINISH) }
    }

    /// Unpacks exactly one gzip member.
    /// - Parameters:
    ///   - bytes: the whole member and nothing else.
    ///   - limit: the greatest length of the content in bytes. Not more than this and one piece of 64 KiB is
    ///     ever held.
    /// - Throws: every case of `GzipError`; nothing of the content is returned then.
    package static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe ml_inflate_init_gzip(&stream) == Z_OK else { throw .outOfMemory }
        defer { unsafe inflateEnd(&stream) }
        let content = try unsafe run(&stream, over: bytes, limit: limit) { unsafe inflate($0, Z_NO_FLUSH) }
        guard unsafe stream.avail_in == 0 else { throw .trailingBytes }
        return content
    }

    /// Drives one zlib stream from the first byte of `bytes` to the end that the stream itself declares.
    private static func run(
        _ stream: inout z_stream, over bytes: [UInt8], limit: Int,
        step: (UnsafeMutablePointer<z_stream>) -> Int32,
    ) throws(GzipError) -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        var failure: GzipError?
        // zlib's pointer to its input is not const, though it never writes there.
        unsafe bytes.withUnsafeBufferPointer { input in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(input.count)
            while true {
                let (code, made) = unsafe piece.withUnsafeMutableBufferPointer { output in
                    unsafe stream.next_out = output.baseAddress
                    unsafe stream.avail_out = UInt32(output.count)
                    let code = unsafe step(&stream)
                    return unsafe (code, output.count - Int(stream.avail_out))
                }
                if content.count + made > limit {
                    failure = .overLimit(limitBytes: limit)
                    return
                }
                content.append(contentsOf: piece[..<made])
                switch code {
                case Z_STREAM_END: return
                case Z_OK where made > 0: continue
                case Z_OK, Z_BUF_ERROR:
                    failure = .truncated
                    return
                case Z_MEM_ERROR:
                    failure = .outOfMemory
                    return
                default:
                    failure = .corrupt
                    return
                }
            }
        }
        if let failure { throw failure }
        return content
    }
}
