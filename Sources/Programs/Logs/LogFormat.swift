/// How log lines look.
package enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// For people: `2026-11-25T04:50:53.120Z info ml-agent: Feed polled. feed=purchase_order count=3`.
    case text
    /// For machines: one JSON object on each line.
    case json
}
