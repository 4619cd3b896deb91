/// A preview for a terminal.
extension PollPreview {
    /// One line a stream, and one for each document that would be told or set aside.
    package var text: String {
        streams.map { stream in
            let window = "\(stream.stream): \(stream.keys) keys stamped \(stream.from) to \(stream.through)"
            if stream.isBaseline { return window + "; the first poll sets them down as seen." }
            let documents = stream.documents.map { document in
                let events = document.events.isEmpty ? "" : " " + document.events.joined(separator: ", ")
                return "  \(document.document) of \(document.stamp)\(events)"
                    + (document.open.map { " (\($0))" } ?? "")
            }
            return ([window + "; \(stream.documents.count) not seen yet."] + documents).joined(
                separator: "\n")
        }.joined(separator: "\n")
    }
}
