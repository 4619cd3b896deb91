internal import Foundation

/// What a decision says beside its outcome: the JSON of `decision.results`, which `explain` shows.
///
/// Rules that were asked and did not match are not named: "why not" is recomputed from event and versions.
struct DecisionResults: Codable, Hashable, Sendable {
    /// One rule that matched or failed.
    struct RuleLine: Codable, Hashable, Sendable {
        let rule: String
        /// `matched` or `failed`.
        let result: String
        var code: String?
        var sentence: String?
        var line: Int?
        var column: Int?
        var notifications: [NotificationLine]?
    }

    /// What became of one recipient of a rule that matched.
    struct NotificationLine: Codable, Hashable, Sendable {
        /// Which of the rule's `notify` entries.
        let notify: Int
        let role: String
        /// The party that the document names: `vendor:4711`.
        var party: String?
        var notification: String?
        /// State of the notification when it was made, `already_told`, `same_address`, or `failed`.
        let result: String
        var code: String?
        var sentence: String?
    }

    /// The invoice that bore the same REF_DOC_NO before.
    struct DuplicateLine: Codable, Hashable, Sendable {
        let event: Int64
        let businessKey: String
        let isSameAmount: Bool
        let isHeld: Bool
    }

    var rules: [RuleLine] = []
    var duplicate: DuplicateLine?

    /// `error` where any rule, template or look-up failed, else `matched` or `none`.
    var outcome: String {
        let failed = rules.contains { rule in
            rule.result == "failed" || (rule.notifications ?? []).contains { $0.result == "failed" }
        }
        if failed { return "error" }
        return rules.isEmpty ? "none" : "matched"
    }

    init() {}

    /// Reads what ``json`` wrote; nil for anything else.
    init?(json: String) {
        guard let results = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = results
    }

    /// Compact JSON with sorted keys.
    var json: String {
        // Of most events nothing more is said, and the encoder would cost more than their rows.
        if rules.isEmpty, duplicate == nil { return #"{"rules":[]}"# }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers by texts: there is nothing that JSON could not hold.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
