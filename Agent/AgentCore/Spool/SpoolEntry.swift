internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// A key set aside as the outbox holds it: what a manifest's `KeyEntry` is made of.
struct SpoolEntry {
    var key: SpoolKey
    var reason: String
    /// Host clock, milliseconds.
    var since: Int64

    init(key: SpoolKey, reason: String, since: Int64) {
        self.key = key
        self.reason = reason
        self.since = since
    }

    /// Nil for a damaged line.
    init?(text: some StringProtocol) {
        let fields = FieldList.decode(text)
        guard fields.count == 7, let stamp = Int64(fields[2]), let since = Int64(fields[5]) else {
            return nil
        }
        let hints = FieldList.decode(fields[6])
        var named: [String: String] = [:]
        for index in stride(from: 0, to: hints.count - 1, by: 2) { named[hints[index]] = hints[index + 1] }
        self.init(
            key: SpoolKey(
                stream: fields[0],
                key: StampedKey(
                    documentKey: fields[1], stamp: .clamped(stamp),
                    version: fields[3].isEmpty ? nil : fields[3],
                    hints: named)),
            reason: fields[4], since: since)
    }

    /// One line.
    var text: String {
        FieldList.encode([
            key.stream, key.key.documentKey, String(key.key.stamp.secondsSinceEpoch), key.key.version ?? "",
            reason, String(since), key.key.hintsText,
        ])
    }

    /// As it travels; `ahead` is what the relay's clock is ahead of the host's, milliseconds.
    func keyEntry(source: String, ahead: Int64) -> KeyEntry {
        KeyEntry(
            source: source, stream: key.stream, key: key.key.documentKey, stamp: key.key.stamp,
            version: key.key.version ?? "", reason: reason, since: Timestamp(milliseconds: since + ahead),
            hints: key.key.hints)
    }
}

extension SQLRow {
    /// Reads a row of `pending`.
    func pendingEntry() throws -> SpoolEntry {
        SpoolEntry(key: try spoolKey(), reason: try text("error_class"), since: try integer("since_at"))
    }

    /// Reads a row of `watch`.
    func watchEntry() throws -> SpoolEntry {
        SpoolEntry(key: try spoolKey(), reason: try text("reason"), since: try integer("since_at"))
    }
}

extension Timestamp {
    /// From milliseconds since the epoch; what lies outside the calendar becomes its nearest end.
    package init(milliseconds: Int64) {
        let seconds = milliseconds >= 0 ? milliseconds / 1_000 : -((999 - milliseconds) / 1_000)
        let rest = Int32(milliseconds - seconds * 1_000)
        self =
            Timestamp(seconds: seconds, nanoseconds: rest * 1_000_000)
            ?? (milliseconds < 0 ? .first : .last)
    }

    /// Whole milliseconds since the epoch.
    package var milliseconds: Int64 { seconds * 1_000 + Int64(nanoseconds) / 1_000_000 }
}
