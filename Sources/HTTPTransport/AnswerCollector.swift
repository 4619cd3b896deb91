/// Puts the pieces of an answer together.
struct AnswerCollector {
    private(set) var response = TransportResponse(status: 0)
    private(set) var isOverLimit = false
    private var headerBytes = 0
    var bodyLimit = 0

    /// A status line starts anew: what came before was a 100 or another provisional answer.
    mutating func takeHeader(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            let parts = text.split(separator: " ", maxSplits: 2)
            response = TransportResponse(status: parts.count > 1 ? Int(parts[1].prefix(3)) ?? 0 : 0)
            headerBytes = 0
            return
        }
        headerBytes += line.count
        // libcurl bounds one line; all lines together are bounded here, and what is beyond is left out.
        guard headerBytes <= 64 * 1024, let colon = text.firstIndex(of: ":") else { return }
        let value = text[text.index(after: colon)...]
        response.headers.append((String(text[..<colon]).lowercased(), trimmed(value)))
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
