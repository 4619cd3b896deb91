internal import SQLStore

/// Writes the temporal directory: what changes ends, and begins anew; nothing else moves.
struct DirectoryWriter {
    let statements: TenantStatements
    /// From when what is written is true.
    let now: Moment

    /// A row of `directory_contact` but for its number and times.
    struct Contact: Hashable {
        var address: ContactAddress?
        var target: PartyReference?
        var name: String?
        var language: String?
        var timeZone: String?
        var rank: Int64
    }

    /// What brought a contact; rows of one origin replace each other.
    enum Origin {
        case master(source: String, event: Int64)
        case csv(file: String, number: Int64)
    }

    /// Brings a master's row and addresses up to date, and the directory's version where that changes anything.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    func apply(_ master: MasterParty, source: String, event: Int64) throws -> Bool {
        let partyChanged = try updateParty(master, source: source, event: event)
        let contacts = master.contacts.map { Contact(address: $0.address, rank: $0.rank) }
        let contactsChanged = try replace(
            contactsOf: master.party, with: contacts, origin: .master(source: source, event: event))
        if partyChanged || contactsChanged { try raiseVersion() }
        return partyChanged || contactsChanged
    }

    /// Says that answers about recipients may be others from now on.
    func raiseVersion() throws {
        try statements.run(
            "UPDATE tenant SET directory_version = directory_version + 1 WHERE tenant = ?1")
    }

    private func updateParty(_ master: MasterParty, source: String, event: Int64) throws -> Bool {
        let key: [SQLValue] = [.text(master.party.kind), .text(master.party.key), .text(source)]
        let new: [SQLValue] = [
            .text(master.name), SQLValue(master.country), SQLValue(master.language),
            SQLValue(master.timeZone), SQLValue(master.isOneTime),
        ]
        let current = try statements.first(
            """
            SELECT name, country, language, time_zone, one_time, valid_from FROM directory_party
            WHERE tenant = ?1 AND kind = ?2 AND key = ?3 AND source = ?4 AND valid_until IS NULL
            """, key)
        if let current {
            let old = try (0..<5).map { try current.value(at: $0) }
            if old == new { return false }
            // Two readings in one transaction: nobody has seen the row of the first.
            let isOfNow = try current.moment("valid_from") >= now
            try statements.run(
                isOfNow
                    ? """
                    DELETE FROM directory_party
                    WHERE tenant = ?1 AND kind = ?2 AND key = ?3 AND source = ?4 AND valid_until IS NULL
                    """
                    : """
                    UPDATE directory_party SET valid_until = ?5
                    WHERE tenant = ?1 AND kind = ?2 AND key = ?3 AND source = ?4 AND valid_until IS NULL
                    """, isOfNow ? key : key + [now.sql])
        }
        try statements.run(
            """
            INSERT INTO directory_party
                (tenant, kind, key, source, valid_from, name, country, language, time_zone, one_time, event)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """, key + [now.sql] + new + [.integer(event)])
        return true
    }

    /// Ends what is not among `contacts` any more, and begins what is new.
    func replace(
        contactsOf party: PartyReference, with contacts: [Contact], origin: Origin,
    ) throws -> Bool {
        let current = try self.current(party, origin: origin)
        var kept: Set<Contact> = []
        var changed = false
        let wanted = Set(contacts)
        for (number, contact) in current {
            if wanted.contains(contact), kept.insert(contact).inserted { continue }
            try end(number)
            changed = true
        }
        for contact in contacts where kept.insert(contact).inserted {
            try insert(contact, of: party, origin: origin)
            changed = true
        }
        return changed
    }

    func end(_ contact: Int64) throws {
        try statements.run(
            "UPDATE directory_contact SET valid_until = ?3 WHERE tenant = ?1 AND contact = ?2",
            [.integer(contact), now.sql])
    }

    private func current(_ party: PartyReference, origin: Origin) throws -> [(Int64, Contact)] {
        try statements.rows(
            """
            SELECT * FROM directory_contact
            WHERE tenant = ?1 AND kind = ?2 AND key = ?3 AND valid_until IS NULL AND origin = ?4 AND source = ?5
            ORDER BY contact
            """,
            [.text(party.kind), .text(party.key), .text(origin.name), .text(origin.source)]
        ).map { (try $0.integer("contact"), try Contact($0)) }
    }

    private func insert(_ contact: Contact, of party: PartyReference, origin: Origin) throws {
        try statements.run(
            """
            INSERT INTO directory_contact
                (tenant, contact, kind, key, origin, source, channel, raw, address, note, usable,
                 target_kind, target_key, name, language, time_zone, rank, valid_from, event, import)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
            """,
            [
                .integer(try statements.next(.contact)), .text(party.kind), .text(party.key),
                .text(origin.name), .text(origin.source), SQLValue(contact.address?.channel.rawValue),
                SQLValue(contact.address?.raw), SQLValue(contact.address?.address),
                SQLValue(contact.address?.note), SQLValue(contact.address?.isUsable ?? true),
                SQLValue(contact.target?.kind), SQLValue(contact.target?.key), SQLValue(contact.name),
                SQLValue(contact.language), SQLValue(contact.timeZone), .integer(contact.rank), now.sql,
                SQLValue(origin.event), SQLValue(origin.importNumber),
            ])
    }
}

extension DirectoryWriter.Origin {
    var name: String {
        switch self {
        case .master: "master"
        case .csv: "csv"
        }
    }

    /// A file replaces what the file of the same name brought before, a master what its SAP client brought.
    var source: String {
        switch self {
        case .master(let source, _): source
        case .csv(let file, _): file
        }
    }

    var event: Int64? {
        if case .master(_, let event) = self { event } else { nil }
    }

    var importNumber: Int64? {
        if case .csv(_, let number) = self { number } else { nil }
    }
}

extension DirectoryWriter.Contact {
    init(_ row: SQLRow) throws {
        address = try row.optionalText("channel").flatMap { channel in
            try ContactAddress(
                channel: channel, raw: row.optionalText("raw"), address: row.optionalText("address"),
                note: row.optionalText("note"), isUsable: row.boolean("usable"))
        }
        if let kind = try row.optionalText("target_kind"), let key = try row.optionalText("target_key") {
            target = PartyReference(kind: kind, key: key)
        }
        name = try row.optionalText("name")
        language = try row.optionalText("language")
        timeZone = try row.optionalText("time_zone")
        rank = try row.integer("rank")
    }
}
