/// Puts the pieces of an answer together.
struct AnswerCollector {
    private(set) var response = TransportResponse(status: 0)
    private(set) var isOverLimit = false
    private var headerBytes = 0
    /// Whether the blank line behind the headers has come: libcurl takes a head that is cut off for a whole answer.
    private(set) var isHeadOver = false
    var bodyLimit = 0

    /// A status line starts anew: what came before was a 100 or another provisional answer, or a proxy's.
    mutating func takeHeader(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        if let status = Self.status(text) {
            response = TransportResponse(status: status)
            headerBytes = 0
            isHeadOver = false
            return
        }
        let field = trimmed(text[...])
        isHeadOver = isHeadOver || field.isEmpty
        headerBytes += line.count
        // libcurl bounds one line; all lines together are bounded here, and what is beyond is left out. Behind the
        // body come trailers, which nobody may take for headers.
        guard !isHeadOver, headerBytes <= 64 * 1024, let colon = field.firstIndex(of: ":") else { return }
        response.headers.append(
            (field[..<colon].lowercased(), trimmed(field[field.index(after: colon)...])))
    }

    /// The status of `HTTP/1.1 200 OK`; nil for a header, whatever its name.
    private static func status(_ line: String) -> Int? {
        let parts = line.split(maxSplits: 2, omittingEmptySubsequences: false) { $0.isWhitespace }
        guard parts.count > 1, parts[0].hasPrefix("HTTP/"), parts[1].utf8.count == 3 else { return nil }
        return Int(parts[1])
    }

    /// False when the answer becomes longer than allowed.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard response.body.count + bytes.count <= bodyLimit else {
            isOverLimit = true
            return false
        }
        unsafe response.body.append(contentsOf: bytes)
        return true
    }

    private func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
