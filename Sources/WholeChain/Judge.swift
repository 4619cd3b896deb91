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
    private let contents: [String: [SAPLedger.Content]]
    private let events: [Event]
    private let notifications: [Notification]
    private let accepted: [TwilioLedger.Accepted]

    package init(
        facts: [SAPLedger.Fact], contents: [SAPLedger.Content], events: [Event],
        notifications: [Notification], accepted: [TwilioLedger.Accepted],
    ) {
        self.facts = facts
        self.contents = Dictionary(grouping: contents, by: \.document)
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
        for create in creates {
            for problem in problems(create, notification, fact) {
                verdict.invented.append("\(sentence): \(create.sid) \(problem)")
            }
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

    /// What is wrong with a message, by what SAP itself says of the document and of the people that it concerns.
    private func problems(
        _ create: TwilioLedger.Accepted, _ notification: Notification, _ fact: SAPLedger.Fact,
    ) -> [String] {
        var problems: [String] = []
        if create.channel != notification.channel || create.recipient != notification.address {
            problems.append("went to \(create.recipient), which its notification does not say")
        }
        let rule = notification.rule
        let said = contents(of: fact, until: create.atMilliseconds)
        if !said.contains(where: { ChainRules.recipient(rule, of: $0) == create.recipient }) {
            problems.append("went to \(create.recipient), whom the document does not concern")
        }
        // Every template of ChainRules names its document, and those of invoices the vendor's number.
        if !create.body.contains(fact.number)
            || !said.contains(where: { $0.reference.isEmpty || create.body.contains($0.reference) })
        {
            problems.append("tells of another document")
        }
        if ChainRules.tellsAmount(rule),
            !said.contains(where: { Self.tells(create.body, $0.amount, $0.currency) })
        {
            problems.append("does not tell the document's amount")
        }
        return problems
    }

    /// All that a document said from the fact on until a moment: a text tells the state that was read, and SAP may
    /// have been changed between the fact and its reading.
    private func contents(of fact: SAPLedger.Fact, until milliseconds: Int64) -> [SAPLedger.Content] {
        let all = contents[fact.document] ?? []
        let start = all.map(\.committedAt).filter { $0 <= fact.committedAt }.max() ?? fact.committedAt
        return all.filter { $0.committedAt >= start && $0.committedAt <= Double(milliseconds) / 1_000 }
    }

    /// Whether `text` holds the number `amount`, in whatever of its forms, right before `currency`.
    private static func tells(_ text: String, _ amount: String, _ currency: String) -> Bool {
        let words = text.split { $0.isWhitespace }
        return zip(words, words.dropFirst()).contains { number, unit in
            unit.prefix(currency.count) == currency
                && !unit.dropFirst(currency.count).contains(where: \.isLetter)
                && Decimal(string: String(number)) == Decimal(string: amount)
        }
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
