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
    private let isTerminal: Bool
    private let isColoured: Bool

    /// A view on standard output; colours where it is a terminal and NO_COLOR is not set.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        isTerminal = StandardOutput.isTerminal && environment["TERM"] != "dumb"
        isColoured = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Says what is being done.
    func note(_ text: String) {
        state.withLock { $0.lines = 0 }
        StandardOutput.writeLine("· \(text)")
    }

    /// Says what a person can open and try while the day goes on.
    func invite(_ chain: Chain) {
        note("the day goes on until Ctrl-C; databases, logs and configuration are in \(chain.folder.path)")
        for command in chain.suggestions { note("try: \(command)") }
    }

    /// Shows the newest notifications and how far the day is.
    func show(_ notifications: [LatestNotification], sap: DayReport, twilio: DeliveryReport) {
        state.withLock { state in
            if isTerminal {
                let (columns, rows) = StandardOutput.terminalSize ?? (80, 24)
                var lines = notifications.prefix(min(12, max(1, rows - 3))).reversed().map {
                    line($0, columns)
                }
                let totals =
                    "SAP: \(sap.played) documents\(sap.isRunning ? "" : ", day over"); "
                    + "Twilio: \(twilio.accepted) accepted, \(twilio.delivered) delivered"
                lines.append(String(totals.prefix(columns - 1)))
                let up = state.lines > 0 ? "\u{1B}[\(state.lines)A\u{1B}[J" : ""
                StandardOutput.writeLine(up + lines.joined(separator: "\n"))
                state.lines = lines.count
            } else {
                for notification in notifications.reversed() {
                    let before = state.states.updateValue(
                        notification.state, forKey: notification.notification)
                    if before != notification.state { StandardOutput.writeLine(line(notification, .max)) }
                }
            }
        }
    }

    /// One line of at most `columns` less one: where the terminal breaks a line, the block cannot be renewed.
    private func line(_ notification: LatestNotification, _ columns: Int) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text.count >= width ? text + " " : text + String(repeating: " ", count: width - text.count)
        }
        let arrow = notification.channel == "sms" ? "SMS to" : "e-mail to"
        let whole =
            padded(notification.subject, 12) + padded(notification.rule, 20) + padded(arrow, 10)
            + padded(notification.address ?? "(nobody yet)", 29)
        // The state is what one looks for: a narrow terminal cuts what stands before it.
        let room = max(0, columns - 2 - notification.state.count)
        return whole.prefix(room) + " " + coloured(String(notification.state.prefix(max(0, columns - 2))))
    }

    private func coloured(_ state: String) -> String {
        guard isColoured else { return state }
        let code =
            switch state {
            case "delivered": "32"
            case "failed", "undelivered", "unconfirmed", "suppressed": "31"
            default: "33"
            }
        return "\u{1B}[\(code)m\(state)\u{1B}[0m"
    }

    /// The table at the end.
    func table(_ verdict: Verdict) -> String {
        var table = TextTable([.init("WHAT"), .init("HOW MANY", isNumber: true)])
        for (what, count) in [
            ("documents in SAP", verdict.documents), ("facts to tell", verdict.facts),
            ("events journaled", verdict.journaled), ("notifications", verdict.notifications),
            ("accepted by Twilio", verdict.accepted), ("delivered", verdict.delivered),
            ("lost", verdict.lost.count), ("doubled", verdict.doubled.count),
            ("wrong or invented", verdict.invented.count),
        ] {
            table.add([what, "\(count)"])
        }
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let latency = verdict.latency(share).map { String(format: "%.3f s", Double($0) / 1_000) } ?? "-"
            table.add(["SAP commit to Twilio, \(name)", latency])
        }
        return "\n" + table.text
    }
}
