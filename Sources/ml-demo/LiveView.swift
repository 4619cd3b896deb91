import Foundation
import Programs
import Synchronization
import WholeChain

/// What the demo shows: on a terminal a block that renews itself, elsewhere a line for each new state.
final class LiveView: Sendable {
    private struct State {
        var lines = 0
        var states: [String: String] = [:]
    }

    private let state = Mutex(State())
    private let isTerminal = StandardOutput.isTerminal

    /// Says what is being done.
    func note(_ text: String) {
        state.withLock { $0.lines = 0 }
        StandardOutput.writeLine("· \(text)")
    }

    /// Says what a person can open and try while the day goes on.
    func invite(_ chain: Chain) {
        note("the day goes on until Ctrl-C; databases, logs and configuration are in \(chain.folder.path)")
        note("try: ml-relay explain <document> --config \(chain.folder.file("relay.yaml"))")
        note("try: ml-agent status --config \(chain.folder.file("agent.yaml"))")
    }

    /// Shows the newest notifications and how far the day is.
    func show(_ notifications: [LatestNotification], progress: DayReport) {
        state.withLock { state in
            if isTerminal {
                var lines = notifications.prefix(12).reversed().map { Self.line($0) }
                lines.append("SAP: \(progress.played) documents" + (progress.isRunning ? "" : ", day over"))
                let up = state.lines > 0 ? "\u{1B}[\(state.lines)A\u{1B}[J" : ""
                StandardOutput.writeLine(up + lines.joined(separator: "\n"))
                state.lines = lines.count
            } else {
                for notification in notifications.reversed() {
                    let before = state.states.updateValue(
                        notification.state, forKey: notification.notification)
                    if before != notification.state { StandardOutput.writeLine(Self.line(notification)) }
                }
            }
        }
    }

    private static func line(_ notification: LatestNotification) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
        }
        let arrow = notification.channel == "sms" ? "SMS to" : "e-mail to"
        return padded(notification.subject, 12) + padded(notification.rule, 20) + padded(arrow, 10)
            + padded(notification.address ?? "(nobody yet)", 30) + notification.state
    }

    /// The table at the end.
    func table(_ verdict: Verdict) -> String {
        var table = TextTable([.init("WHAT"), .init("HOW MANY", isNumber: true)])
        table.add(["documents in SAP", "\(verdict.documents)"])
        table.add(["facts to tell", "\(verdict.facts)"])
        table.add(["events journaled", "\(verdict.journaled)"])
        table.add(["notifications", "\(verdict.notifications)"])
        table.add(["accepted by Twilio", "\(verdict.accepted)"])
        table.add(["delivered", "\(verdict.delivered)"])
        table.add(["lost", "\(verdict.lost.count)"])
        table.add(["doubled", "\(verdict.doubled.count)"])
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let latency = verdict.latency(share).map { "\(Double($0) / 1_000) s" } ?? "-"
            table.add(["SAP commit to Twilio, \(name)", latency])
        }
        return "\n" + table.text
    }
}
