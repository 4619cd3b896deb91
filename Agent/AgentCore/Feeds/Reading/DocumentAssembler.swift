internal import ConnectorProtocol
internal import SAPAccess
internal import Values

/// Decides what a document's rows are: facts to tell, something to wait for, or nothing.
///
/// It reads nothing itself.
struct DocumentAssembler: Sendable {
    let definition: FeedDefinition
    let document: FeedDefinition.Document
    let stream: StreamDefinition
    let offsetSeconds: Int
    /// Decimals of currencies that have not two.
    let decimals: [String: Int]

    /// What can be said before anything is called; nil where the document has facts to tell.
    func early(_ scope: RecordScope) throws(SAPAccessError) -> DocumentOutcome? {
        for filter in definition.header.filters {
            let reference = ColumnReference(FeedDefinition.headerRows, filter.column)
            guard filter.values.contains(try scope.text(reference)) else { return Self.nothing }
        }
        for matches in document.ignored where try scope.holds(matches) { return Self.nothing }
        for rule in document.waits where !rule.tells {
            guard try scope.holds(rule.when) else { continue }
            // What changes before a document is one is part of it when it is told.
            return stream.search == .entryStamp ? .notFinal(rule.reason) : Self.nothing
        }
        return try transitions(scope).isEmpty ? .events([], masters: [], watch: try watch(scope)) : nil
    }

    /// The facts of a document whose rows are all there.
    /// - Throws: `SAPAccessError.cut` where a function module has to be called; `ProtocolError` for a record
    ///   that its schema refuses.
    func facts(_ key: StampedKey, _ scope: RecordScope) throws -> DocumentOutcome {
        let builder = RecordBuilder(scope: scope, decimals: try decimals(scope))
        let record = try builder.record(definition.record)
        let values = definition.keyValues(key.documentKey)
        let businessKey = BusinessKey.text(
            object: definition.header.object, key: values, creation: try creation(scope))
        let subject = try definition.subject(scope)
        let reference = try definition.header.reference.map { (column) throws(SAPAccessError) in
            try scope.text(column)
        }
        var drafts: [DraftEvent] = []
        for transition in try transitions(scope) {
            guard let schema = definition.schemas[transition.type] else { continue }
            let time = try time(of: transition, key, scope)
            drafts.append(
                DraftEvent(
                    type: transition.type, businessKey: businessKey, transition: transition.name,
                    version: version(of: transition, key), subject: subject, time: time.stamp,
                    timeIsDateOnly: time.isDateOnly, offsetSeconds: offsetSeconds, schema: schema,
                    data: try RecordEncoder.encode(record, by: schema.fields), reference: reference ?? ""))
        }
        return .events(drafts, masters: try masters(scope), watch: try watch(scope))
    }

    private static let nothing = DocumentOutcome.events([], masters: [], watch: nil)

    private func transitions(_ scope: RecordScope) throws(SAPAccessError) -> [TransitionDefinition] {
        var found: [TransitionDefinition] = []
        for transition in document.transitions
        where "\(definition.name).\(transition.stream)" == stream.stream.name {
            guard try scope.holds(transition.when), try isMade(transition, scope) else { continue }
            found.append(transition)
        }
        return found
    }

    /// Whether a change document's own rows make the transition.
    private func isMade(
        _ transition: TransitionDefinition, _ scope: RecordScope,
    ) throws(SAPAccessError) -> Bool {
        guard !transition.changedTo.isEmpty || !transition.unlessOnly.isEmpty else { return true }
        let rows = try scope.rows(FeedDefinition.changeItemRows)
        var hasOther = rows.isEmpty
        var isChanged = transition.changedTo.isEmpty
        for row in rows {
            let table = try row.text("TABNAME")
            let field = try row.text("FNAME")
            let value = try row.text("VALUE_NEW")
            hasOther =
                hasOther || !transition.unlessOnly.contains { $0.table == table && $0.column == field }
            isChanged =
                isChanged
                || transition.changedTo.contains { change in
                    change.column.table == table && change.column.column == field
                        && change.values.contains(value)
                }
        }
        return isChanged && (transition.unlessOnly.isEmpty || hasOther)
    }

    private func version(of transition: TransitionDefinition, _ key: StampedKey) -> DraftEvent.Version {
        guard transition.version == .changeDocument, let version = key.version else { return .once }
        return .changeDocument(version)
    }

    private func time(
        of transition: TransitionDefinition, _ key: StampedKey, _ scope: RecordScope,
    ) throws(SAPAccessError) -> (stamp: LocalDateTime, isDateOnly: Bool) {
        if let column = transition.date, let row = try scope.rows(column.rows).first,
            let date = try row.date(column.column)
        {
            guard let column = transition.time else { return (LocalDateTime(date), true) }
            return (Self.onClock(date, try scope.rows(column.rows).first?.time(column.column)), false)
        }
        guard stream.search == .entryStamp, let header = try scope.rows(FeedDefinition.headerRows).first,
            let date = try header.date(document.date)
        else { return (Self.onClock(key.stamp.date, key.stamp.time), stream.stream.isDateOnly) }
        guard let time = document.time else { return (LocalDateTime(date), true) }
        return (Self.onClock(date, try header.time(time)), false)
    }

    /// 24:00:00, which SAP can hold, is midnight of the next day.
    private static func onClock(_ date: LocalDate, _ time: TimeOfDay?) -> LocalDateTime {
        let stamp = LocalDateTime(date, time ?? .midnight)
        return LocalDateTime(secondsSinceEpoch: stamp.secondsSinceEpoch) ?? stamp
    }

    /// The creation stamp as SAP writes it, in one form of the initial value.
    private func creation(_ scope: RecordScope) throws(SAPAccessError) -> [String] {
        guard let header = try scope.rows(FeedDefinition.headerRows).first else { return [] }
        var parts = [try header.date(document.date)?.sapText ?? "00000000"]
        if let time = document.time { parts.append(try header.time(time)?.sapText ?? "000000") }
        for column in document.standsIn { parts.append(try header.text(column)) }
        return parts
    }

    private func decimals(_ scope: RecordScope) throws(SAPAccessError) -> Int {
        guard let currency = definition.header.currency else { return 2 }
        return decimals[try scope.text(currency)] ?? 2
    }

    private func watch(_ scope: RecordScope) throws(SAPAccessError) -> WatchReason? {
        guard stream.search == .entryStamp else { return nil }
        for rule in document.waits where rule.tells {
            if try scope.holds(rule.when) { return rule.reason }
        }
        return nil
    }

    private func masters(_ scope: RecordScope) throws(SAPAccessError) -> [MasterReference] {
        var references: [MasterReference] = []
        for master in document.masters {
            let key = try scope.text(master.key)
            if !key.isEmpty { references.append(MasterReference(feed: master.feed, key: key)) }
        }
        return references
    }
}

extension FeedDefinition {
    /// The number of a document or master as people know it: what the record has as a key loses leading
    /// zeros.
    func subject(_ scope: RecordScope) throws(SAPAccessError) -> String {
        var parts: [String] = []
        for column in header.subject {
            let reference = ColumnReference(Self.headerRows, column)
            let text = try scope.text(reference)
            let isKey = record.contains { $0.kind == .key && $0.source == .columns([reference], match: []) }
            parts.append(isKey ? SAPKey(text).stripped : text)
        }
        return parts.joined(separator: "/")
    }
}
