/// Who is logged on over a connection.
struct Session: Sendable {
    let client: String
    let user: String
    let language: String
}

extension String {
    /// Without the blanks at its end.
    var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
