/// One page of the list of messages, newest first.
struct MessageList {
    let query: FormFields
    let accountSID: String

    /// The page that the query asks for, out of the messages that match its address filters.
    func page(of all: [StoredMessage]) -> JSONValue {
        let size = min(1000, max(1, query["PageSize"].flatMap { Int($0) } ?? 50))
        let page = max(0, query["Page"].flatMap { Int($0) } ?? 0)
        let matching = all.filter { matches($0) }
        // What came meanwhile stands before the first page: a page goes on behind the last message of the one before.
        let token = query["PageToken"].flatMap { token in matching.firstIndex { "PA" + $0.sid == token } }
        let start = token.map { $0 + 1 } ?? min(page * size, matching.count)
        let shown = matching[start..<min(start + size, matching.count)]
        let path = "/2010-04-01/Accounts/\(accountSID)/Messages.json"
        func address(_ number: Int, after last: StoredMessage? = nil) -> JSONValue {
            let kept = query.pairs.filter { !["Page", "PageSize", "PageToken"].contains($0.name) }
            let own = [(name: "PageSize", value: String(size)), (name: "Page", value: String(number))]
            let token = last.map { [(name: "PageToken", value: "PA" + $0.sid)] } ?? []
            return .text(path + "?" + FormFields(kept + own + token).encoded)
        }
        return .object([
            "messages": .array(
                shown.map { MessageDocument(message: $0, accountSID: accountSID).json(isCreate: false) }),
            "page": .integer(Int64(page)), "page_size": .integer(Int64(size)),
            "start": .integer(Int64(start)),
            "end": .integer(Int64(max(start, start + shown.count - 1))), "uri": address(page),
            "first_page_uri": address(0),
            "next_page_uri": start + shown.count < matching.count
                ? address(page + 1, after: shown.last) : .null,
            "previous_page_uri": page > 0 ? address(page - 1) : .null,
        ])
    }

    /// The filters look at the time of sending, so a message that is still queued matches none of them.
    private func matches(_ message: StoredMessage) -> Bool {
        let filters: [(String, (String, String) -> Bool)] = [
            ("DateSent", { $0 == $1 }), ("DateSent>", { $0 >= $1 }), ("DateSent<", { $0 <= $1 }),
        ]
        for (name, holds) in filters {
            guard let wanted = query[name] else { continue }
            guard let sentMs = message.sentMs else { return false }
            // Dates and times of this form compare as texts; a date alone compares with the date alone.
            guard holds(String(SimulatorClock.iso8601(sentMs).prefix(wanted.count)), wanted) else {
                return false
            }
        }
        return true
    }
}
