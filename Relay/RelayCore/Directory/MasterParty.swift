internal import Values

/// A vendor, purchasing group or user as a master reading shows it.
struct MasterParty: Sendable {
    /// A way to reach it; lower ranks are tried first.
    struct Contact: Hashable, Sendable {
        let address: ContactAddress
        let rank: Int64
    }

    let party: PartyReference
    let name: String
    let country: String?
    let language: String?
    let timeZone: String?
    let isOneTime: Bool
    let contacts: [Contact]

    /// Kinds of parties by the event types of their readings.
    static let kinds = [
        "sap.vendor": "vendor", "sap.purchasing_group": "purchasing_group", "sap.user": "user",
    ]

    /// Takes a master apart; nil where the type is none, or the record names no key.
    ///
    /// - Parameter country: of the tenant, for numbers of masters that name none.
    init?(type: String, view: RecordView, country tenantCountry: String) {
        guard let kind = Self.kinds[type] else { return nil }
        let key: String?
        switch kind {
        case "vendor": key = view.text("number")
        case "purchasing_group": key = view.text("code")
        default: key = view.text("user")
        }
        guard let key else { return nil }
        party = PartyReference(kind: kind, key: key)
        name = [view.text("name"), view.text("name_2")].compactMap(\.self).joined(separator: " ")
        country = view.text("country")
        language = view.text("language")?.lowercased()
        timeZone = view.text("time_zone")
        isOneTime = view.boolean("one_time") ?? false
        let isDeleted = view.boolean("deleted") ?? false
        let emails = view.texts("emails") + view.texts("email")
        contacts =
            isDeleted
            ? []
            : Self.contacts(
                emails: emails, phones: view.records("phones"), country: country,
                tenantCountry: tenantCountry, mobilesOnly: kind == "user")
    }

    /// - Parameter mobilesOnly: a user's desk phone takes no text messages, whatever the numbering plan says.
    private static func contacts(
        emails: [String], phones: [RecordView], country: String?, tenantCountry: String, mobilesOnly: Bool,
    ) -> [Contact] {
        var contacts: [Contact] = []
        var seen: Set<ContactAddress> = []
        for phone in phones {
            guard let number = phone.text("number") else { continue }
            // A mobile phone before any other number that may take text messages.
            let isMobile = phone.text("kind") == "mobile"
            let own = phone.text("country") ?? country
            var address = ContactAddress.phone(number, country: own ?? tenantCountry, isOwners: own != nil)
            if mobilesOnly, !isMobile {
                address = address.unusable("SAP does not mark it as a mobile phone.")
            }
            guard seen.insert(address).inserted else { continue }
            contacts.append(
                Contact(address: address, rank: Int64(contacts.count) + (isMobile ? 0 : 1_000)))
        }
        for email in emails {
            let address = ContactAddress.email(email)
            guard seen.insert(address).inserted else { continue }
            contacts.append(Contact(address: address, rank: Int64(contacts.count)))
        }
        return contacts
    }
}
