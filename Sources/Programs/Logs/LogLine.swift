import Logging

/// One log line in its final form.
struct LogLine {
    let time: String
    let level: Logger.Level
    let label: String
    let message: String
    /// Sorted by key, so that the same line looks the same each time.
    let facts: [(key: String, value: String)]

    init(
        time: String, level: Logger.Level, label: String, message: String, metadata: Logger.Metadata,
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        facts = metadata.map { (key: $0.key, value: $0.value.description) }.sorted { $0.key < $1.key }
    }

    func rendered(as format: LogFormat) -> String {
        switch format {
        case .json: json
        case .text: text
        }
    }

    private var json: String {
        var line = JSONLine()
        line.add("time", time)
        line.add("level", level.rawValue)
        line.add("logger", label)
        line.add("message", message)
        for fact in facts { line.add(fact.key, fact.value) }
        return line.closed + "\n"
    }

    private var text: String {
        var line = "\(time) \(level.rawValue) \(label): \(message.onOneLine)"
        for fact in facts {
            let value = fact.value.onOneLine
            line +=
                value.contains(" ") || value.isEmpty ? " \(fact.key)=\"\(value)\"" : " \(fact.key)=\(value)"
        }
        return line + "\n"
    }
}
