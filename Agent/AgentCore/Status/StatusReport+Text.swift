internal import Programs

/// The report for a terminal: what needs a person first, then tables.
extension StatusReport {
    /// Several lines, the last one ended by a line break.
    package var text: String {
        var parts = [summary]
        if !feeds.isEmpty { parts.append(feedTable) }
        if !streams.isEmpty { parts.append(streamTable) }
        parts.append(laneTable)
        if !pending.isEmpty { parts.append("Pending\n" + Self.keyTable(pending, of: pendingCount)) }
        if !watch.isEmpty { parts.append("Watched\n" + Self.keyTable(watch, of: watchCount)) }
        if !notices.isEmpty { parts.append(noticeTable) }
        return parts.joined(separator: "\n")
    }

    private var noticeTable: String {
        var table = TextTable([.init("NOTICE"), .init("AT"), .init("WHAT HAPPENED")])
        for notice in notices { table.add([notice.type, notice.at, notice.text]) }
        return table.text
    }

    private var summary: String {
        var lines: [(String, String)] = [
            ("agent", agentWord),
            ("system", system.pinned ?? "not met yet"),
            ("lease", lease.isHeld ? "held, epoch \(lease.epoch)" : "not held"),
            ("relay", link.problem ?? (link.lastSync.map { "last heard \($0)" } ?? "not heard yet")),
            ("spool", "\(Self.size(spoolBytes)) of \(Self.size(spoolBytesLimit)) wait"),
            ("calls", "\(callsTaken) in use"),
        ]
        if let head = link.auditHead { lines.append(("audit", head)) }
        if let met = system.met {
            lines.append(
                ("changed", "\(met) was met instead; feeds are stopped. Remedy: ml-agent accept-system"))
        }
        for gate in gates where gate.isClosed {
            lines.append(
                (
                    "logon",
                    "closed for \(gate.user) in \(gate.system) client \(gate.client): \(gate.reason ?? "")"
                        + " Remedy: ml-agent secrets set sap.password"
                ))
        }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { name, text in
            name + String(repeating: " ", count: width - name.count + 2) + text + "\n"
        }.joined()
    }

    private var agentWord: String {
        switch isRunning {
        case true?: "running"
        case false?: "not running; what follows is how it was left. Remedy: ml-agent run"
        case nil: "not known to this user"
        }
    }

    /// In the largest unit of which there are ten at least.
    private static func size(_ bytes: Int64) -> String {
        let units = [(Int64(10) << 30, "GiB", 30), (10 << 20, "MiB", 20), (10 << 10, "KiB", 10)]
        for (least, name, shift) in units where bytes >= least { return "\(bytes >> shift) \(name)" }
        return "\(bytes) bytes"
    }

    private var feedTable: String {
        var table = TextTable([.init("FEED"), .init("LAST GOOD POLL"), .init("STATE")])
        for feed in feeds {
            let state = feed.stopped.map { "stopped: \($0)" } ?? feed.sentence ?? "polling"
            table.add([feed.feed, feed.succeeded ?? "-", state])
        }
        return table.text
    }

    private var streamTable: String {
        var table = TextTable([
            .init("STREAM"), .init("TIER", isNumber: true), .init("READ TO"), .init("RELAY COVERS"),
            .init("PENDING", isNumber: true), .init("WATCHED", isNumber: true),
        ])
        for stream in streams {
            for (index, cursor) in stream.cursors.enumerated() {
                let isFirst = index == 0
                table.add([
                    isFirst ? stream.stream : "", "\(cursor.tier)", cursor.cursor, cursor.covered ?? "-",
                    isFirst ? "\(stream.pending)" : "", isFirst ? "\(stream.watched)" : "",
                ])
            }
        }
        return table.text
    }

    private var laneTable: String {
        var table = TextTable([
            .init("LANE"), .init("SEALED", isNumber: true), .init("ACKNOWLEDGED", isNumber: true),
            .init("EVENTS WAITING", isNumber: true), .init("NOT SEALED", isNumber: true),
        ])
        for lane in lanes {
            table.add([
                lane.lane, "\(lane.sealed)", "\(lane.acknowledged)", "\(lane.waitingEvents)",
                "\(lane.unsealed)",
            ])
        }
        return table.text
    }

    private static func keyTable(_ keys: [KeyState], of count: Int64) -> String {
        var table = TextTable([
            .init("STREAM"), .init("DOCUMENT"), .init("REASON"), .init("TRIES", isNumber: true),
            .init("NEXT"),
        ])
        for key in keys {
            table.add([
                key.stream, key.document, key.sentence.map { "\(key.reason): \($0)" } ?? key.reason,
                "\(key.tries)", key.next,
            ])
        }
        let rest = count - Int64(keys.count)
        return table.text + (rest > 0 ? "and \(rest) more\n" : "")
    }
}
