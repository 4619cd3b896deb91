internal import SQLStore

/// Finds out whom a rule's selector means: the document's own address first, then the tenant's own mapping, then
/// SAP's masters (DESIGN.md 6.3).
struct RecipientResolver {
    let statements: TenantStatements
    /// The instant whose directory answers.
    let at: Moment
    /// The event's source: a master of another SAP client is another party's.
    let source: String
    /// Of the transaction.
    let memory: DirectoryMemory

    /// How many mappings in a row are followed.
    private static let mappingLimit = 4

    /// What was found on the way through the mapping: groups that name each other must not multiply.
    private struct Walk {
        /// By party: how deep it was met, and whom it stands for from there.
        var found: [PartyReference: (depth: Int, recipients: [Recipient])] = [:]
        /// Parties on the way to the present one.
        var open: Set<PartyReference> = []
    }

    /// Whom `selector` means, one resolution for each party that the document names by it.
    ///
    /// A mapping of a field without a value means nobody; every other selector gives at least one resolution.
    func resolve(
        _ selector: RecipientSelector, channel: Channel, in record: RecordView,
    ) throws -> [Resolution] {
        switch selector {
        case .buyer: return [try buyer(channel, record)]
        case .vendor: return [try vendor(channel, record)]
        case .party(let kind, let keyField):
            let keys = record.texts(keyField)
            if keys.isEmpty { return [nobody(nil, "The document has no value in \(keyField).")] }
            return try keys.map { try party(PartyReference(kind: kind, key: $0), channel) }
        case .mapping(let kind, let field):
            return try record.texts(field).map { key in
                let asked = PartyReference(kind: kind, key: key)
                return try resolution(asked, mapped(asked, channel), channel)
            }
        }
    }

    /// The user who made the order where that user can be reached on this channel, else whom the directory maps
    /// the purchasing group to, else the group itself (T024).
    private func buyer(_ channel: Channel, _ record: RecordView) throws -> Resolution {
        let person = record.record("buyer")
        let user = (person?.text("user") ?? record.text("created_by"))
            .map { PartyReference(kind: "user", key: $0) }
        let group = record.text("purchasing_group")
            .map { PartyReference(kind: "purchasing_group", key: $0) }
        guard let asked = user ?? group else {
            return nobody(nil, "The document names neither a buyer nor a purchasing group.")
        }
        if let user, let person, let address = try ownAddress(of: person, channel) {
            let name = try person.text("name") ?? name(of: user) ?? ""
            let own = Recipient(
                party: user, name: name, address: address,
                language: person.text("language")?.lowercased(), timeZone: nil)
            return Resolution(asked: asked, recipients: [own], reason: nil)
        }
        for party in [user, group].compactMap(\.self) {
            let found = try contacts(of: party, channel)
            if !found.isEmpty { return Resolution(asked: asked, recipients: found, reason: nil) }
        }
        return nobody(asked, try unreachable([user, group].compactMap(\.self), channel))
    }

    private func ownAddress(of person: RecordView, _ channel: Channel) throws -> String? {
        switch channel {
        case .email: return person.text("email").map(ContactAddress.email).flatMap(\.usableAddress)
        case .sms:
            let mobile = person.records("phones").filter { $0.text("kind") == "mobile" }
            if mobile.isEmpty { return nil }
            let country = try tenantCountry()
            return mobile.lazy.compactMap { phone in
                let own = phone.text("country")
                return phone.text("number").flatMap {
                    ContactAddress.phone($0, country: own ?? country, isOwners: own != nil).usableAddress
                }
            }.first
        }
    }

    private func vendor(_ channel: Channel, _ record: RecordView) throws -> Resolution {
        let asked = record.text("vendor").map { PartyReference(kind: "vendor", key: $0) }
        if channel == .email, let text = record.text("vendor_email"),
            let address = ContactAddress.email(text).usableAddress
        {
            let party = asked ?? PartyReference(kind: "vendor", key: "")
            let own = Recipient(
                party: party, name: record.text("vendor_name") ?? "", address: address,
                language: try asked.flatMap(language), timeZone: nil)
            return Resolution(asked: asked, recipients: [own], reason: nil)
        }
        guard let asked else { return nobody(nil, "The document names no vendor.") }
        if record.boolean("one_time_vendor") == true {
            return nobody(asked, "A one-time vendor has no address but the document's own.")
        }
        return try party(asked, channel)
    }

    private func party(_ asked: PartyReference, _ channel: Channel) throws -> Resolution {
        try resolution(asked, contacts(of: asked, channel), channel)
    }

    private func resolution(
        _ asked: PartyReference, _ recipients: [Recipient], _ channel: Channel,
    ) throws -> Resolution {
        recipients.isEmpty
            ? nobody(asked, try unreachable([asked], channel))
            : Resolution(asked: asked, recipients: recipients, reason: nil)
    }

    private func nobody(_ asked: PartyReference?, _ reason: String) -> Resolution {
        Resolution(asked: asked, recipients: [], reason: reason)
    }
}

// The directory's rows.
extension RecipientResolver {
    /// The tenant's own mapping for the party where there is one, else the first usable address of its master.
    private func contacts(of party: PartyReference, _ channel: Channel) throws -> [Recipient] {
        try memory.contacts(.init(party: party, channel: channel, source: source)) {
            let own = try mapped(party, channel)
            if !own.isEmpty { return own }
            return try master(party, channel).map { [$0] } ?? []
        }
    }

    private func mapped(_ party: PartyReference, _ channel: Channel) throws -> [Recipient] {
        var walk = Walk()
        return try mapped(party, channel, depth: 0, &walk)
    }

    private func mapped(
        _ party: PartyReference, _ channel: Channel, depth: Int, _ walk: inout Walk,
    ) throws -> [Recipient] {
        if let known = walk.found[party], known.depth <= depth { return known.recipients }
        walk.open.insert(party)
        defer { walk.open.remove(party) }
        var found: [Recipient] = []
        for row in try rows(party, channel, where: "origin IN ('person', 'csv')") {
            if let kind = try row.optionalText("target_kind"), let key = try row.optionalText("target_key") {
                let target = PartyReference(kind: kind, key: key)
                guard depth < Self.mappingLimit, !walk.open.contains(target) else { continue }
                let further = try mapped(target, channel, depth: depth + 1, &walk)
                found += try further.isEmpty ? [master(target, channel)].compactMap(\.self) : further
            } else if let recipient = try recipient(row, party) {
                found.append(recipient)
            }
        }
        var seen: Set<String> = []
        let recipients = found.filter { seen.insert($0.mailbox).inserted }
        walk.found[party] = (depth, recipients)
        return recipients
    }

    private func master(_ party: PartyReference, _ channel: Channel) throws -> Recipient? {
        // Its number stands for many vendors: an address found under it would be somebody else's.
        if try partyRow(party)?.boolean("one_time") == true { return nil }
        for row in try rows(party, channel, where: "origin = 'master' AND source = ?6") {
            if let recipient = try recipient(row, party) { return recipient }
        }
        return nil
    }

    private func rows(
        _ party: PartyReference, _ channel: Channel, where condition: String,
    ) throws -> [SQLRow] {
        try statements.rows(
            """
            SELECT * FROM directory_contact
            WHERE tenant = ?1 AND kind = ?2 AND key = ?3 AND (channel = ?4 OR target_kind IS NOT NULL)
              AND valid_from <= ?5 AND (valid_until IS NULL OR valid_until > ?5) AND ?6 = ?6 AND \(condition)
            ORDER BY origin = 'person' DESC, rank, contact
            """,
            [.text(party.kind), .text(party.key), .text(channel.rawValue), at.sql, .text(source)])
    }

    private func recipient(_ row: SQLRow, _ party: PartyReference) throws -> Recipient? {
        guard try row.boolean("usable"), let address = try row.optionalText("address") else { return nil }
        return Recipient(
            party: party, name: try row.optionalText("name") ?? name(of: party) ?? "", address: address,
            language: try row.optionalText("language") ?? language(of: party),
            timeZone: try row.optionalText("origin") == "master" ? nil : row.optionalText("time_zone"))
    }

    private func name(of party: PartyReference) throws -> String? { try partyRow(party)?.text("name") }

    private func language(of party: PartyReference) throws -> String? {
        try partyRow(party)?.optionalText("language")
    }

    private func partyRow(_ party: PartyReference) throws -> SQLRow? {
        try statements.first(
            """
            SELECT name, language, one_time FROM directory_party
            WHERE tenant = ?1 AND kind = ?2 AND key = ?3 AND source = ?4
              AND valid_from <= ?5 AND (valid_until IS NULL OR valid_until > ?5)
            """, [.text(party.kind), .text(party.key), .text(source), at.sql])
    }

    /// Why nobody is found: an address that is there and not usable is named with its note.
    private func unreachable(_ parties: [PartyReference], _ channel: Channel) throws -> String {
        let what = channel == .sms ? "number for text messages" : "e-mail address"
        for party in parties {
            for row in try rows(party, channel, where: "target_kind IS NULL") {
                if let note = try row.optionalText("note") {
                    return "\(party) has no usable \(what): \(note)"
                }
            }
        }
        let names = parties.map(\.description).joined(separator: " nor ")
        return "The directory has no \(what) for \(names)."
    }

    private func tenantCountry() throws -> String? {
        try statements.first("SELECT country FROM tenant WHERE tenant = ?1")?.text(0)
    }
}

extension ContactAddress {
    /// The address where it may be used.
    var usableAddress: String? { isUsable ? address : nil }
}
