import Foundation

/// Holds what the relay journaled and Twilio accepted against what SAP committed.
package struct Judge: Sendable {
    /// One journaled event, as `ml-relay events --json` tells it.
    package struct Event: Decodable, Sendable {
        let event: Int64
        let subject: String
        let transition: String
        let version: String
        let kind: String
    }

    /// One notification, as `ml-relay notifications list --json` tells it.
    package struct Notification: Decodable, Sendable {
        package let notification: String
        let event: Int64
        let rule: String
        package let state: String
        let channel: String
        let address: String?
    }

    /// What is known of a fact by its name.
    private struct Key: Hashable {
        let number: String
        let transition: String
        let version: String
    }

    private let facts: [SAPLedger.Fact]
    private let events: [Event]
    private let notifications: [Notification]
    private let accepted: [TwilioLedger.Accepted]

    package init(
        facts: [SAPLedger.Fact], events: [Event], notifications: [Notification],
        accepted: [TwilioLedger.Accepted],
    ) {
        self.facts = facts
        self.events = events
        self.notifications = notifications
        self.accepted = accepted
    }

    /// The verdict on everything until now.
    package func verdict() -> Verdict {
        var verdict = Verdict()
        verdict.facts = facts.count
        verdict.documents = Set(facts.map(\.document)).count
        let journal = Dictionary(grouping: events.filter { $0.kind == "fact" }, by: Self.key)
        let byEvent = Dictionary(grouping: notifications) { $0.event }
        let creates = Dictionary(grouping: accepted, by: \.notification)
        var expected: Set<String> = []
        for fact in facts {
            let name = "\(fact.document) \(fact.transition) \(fact.version)"
            let found = journal[Self.key(fact)] ?? []
            verdict.journaled += found.count
            if found.isEmpty { verdict.lost.append("\(name): never journaled") }
            if found.count > 1 { verdict.doubled.append("\(name): journaled \(found.count) times") }
            guard !found.isEmpty, let rule = ChainRules.rule(on: fact.transition) else { continue }
            let told = found.flatMap { byEvent[$0.event] ?? [] }.filter { $0.rule == rule }
            expected.formUnion(told.map(\.notification))
            if told.isEmpty { verdict.lost.append("\(name): no notification of rule \(rule)") }
            if told.count > 1 {
                verdict.doubled.append("\(name): \(told.count) notifications of rule \(rule)")
            }
            for notification in told {
                judge(notification, creates[notification.notification] ?? [], name, fact, &verdict)
            }
        }
        let committed = Set(facts.map(Self.key))
        for key in journal.keys where !committed.contains(key) {
            verdict.invented.append("\(key.number) \(key.transition) \(key.version): SAP never committed it")
        }
        for notification in notifications where !expected.contains(notification.notification) {
            verdict.invented.append(
                "\(notification.notification): a notification of rule \(notification.rule) for no fact of its"
            )
        }
        let known = Set(notifications.map(\.notification))
        for create in accepted where !known.contains(create.notification) {
            verdict.invented.append("\(create.sid): accepted for a notification that the relay does not know")
        }
        verdict.latencies.sort()
        return verdict
    }

    private func judge(
        _ notification: Notification, _ creates: [TwilioLedger.Accepted], _ name: String,
        _ fact: SAPLedger.Fact, _ verdict: inout Verdict,
    ) {
        verdict.notifications += 1
        verdict.accepted += creates.count
        if notification.state == "delivered" { verdict.delivered += 1 }
        if notification.state == "unconfirmed" { verdict.unconfirmed += 1 }
        let sentence = "\(name): notification \(notification.notification) (\(notification.state))"
        if creates.count > 1 { verdict.doubled.append("\(sentence) accepted \(creates.count) times") }
        for create in creates
        where create.channel != notification.channel
            || create.recipient != notification.address
        {
            verdict.invented.append("\(sentence): \(create.sid) went to \(create.recipient)")
        }
        // Every template of ChainRules names its document.
        for create in creates where !create.body.contains(fact.number) {
            verdict.invented.append("\(sentence): \(create.sid) tells of another document")
        }
        guard let first = creates.first else {
            if notification.state == "unconfirmed" {
                verdict.openEnds.append("\(sentence) never accepted")
            } else {
                verdict.lost.append("\(sentence) never accepted")
            }
            return
        }
        verdict.latencies.append(first.atMilliseconds - Int64(fact.committedAt * 1_000))
    }

    private static func key(_ event: Event) -> Key {
        Key(
            number: String(event.subject.prefix(10)), transition: event.transition,
            version: event.version.filter(\.isNumber))
    }

    private static func key(_ fact: SAPLedger.Fact) -> Key {
        Key(
            number: fact.number, transition: fact.transition, version: fact.version.filter(\.isNumber))
    }
}
