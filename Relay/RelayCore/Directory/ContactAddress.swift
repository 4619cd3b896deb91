/// A telephone number or e-mail address as the directory keeps it: as written, as it is used, and whether it is.
package struct ContactAddress: Hashable, Sendable {
    /// The channel that it serves.
    package let channel: Channel
    /// As SAP or the file holds it.
    package let raw: String
    /// E.164, or an e-mail address; nil where `raw` is none.
    package let address: String?
    /// Why it is not used, or what a person should look at.
    package let note: String?
    /// Whether messages go there.
    package let isUsable: Bool

    private init(channel: Channel, raw: String, address: String?, note: String?, isUsable: Bool) {
        self.channel = channel
        self.raw = raw
        self.address = address
        self.note = note
        self.isUsable = isUsable
    }

    /// An address as its row states it; nil for a channel that is not known here.
    init?(channel: String, raw: String?, address: String?, note: String?, isUsable: Bool) {
        guard let channel = Channel(rawValue: channel) else { return nil }
        self.init(channel: channel, raw: raw ?? "", address: address, note: note, isUsable: isUsable)
    }

    /// The same address, not to be used because of `note`; one that is not used anyway keeps its own.
    package func unusable(_ note: String) -> ContactAddress {
        ContactAddress(
            channel: channel, raw: raw, address: address, note: isUsable ? note : self.note, isUsable: false)
    }

    /// A telephone number for text messages.
    ///
    /// - Parameters:
    ///   - country: two letters; where it is dialled from.
    ///   - isOwners: whether the country is known to be the owner's own; then a number of another one waits for a
    ///     confirmation (case C082).
    package static func phone(_ raw: String, country: String?, isOwners: Bool) -> ContactAddress {
        do throws(PhoneNumberError) {
            let number = try PhoneNumber.parse(raw, country: country)
            switch number.note {
            case .otherCountry where isOwners:
                return ContactAddress(
                    channel: .sms, raw: raw, address: number.e164,
                    note:
                        "The number belongs to \(number.region), not to \(country ?? "its owner's country"). "
                        + "Confirm it before it is used.",
                    isUsable: false)
            case .unknownToPlan:
                return ContactAddress(
                    channel: .sms, raw: raw, address: number.e164,
                    note: "The numbering plan does not know the number; it is used as written.",
                    isUsable: true)
            case .otherCountry, nil:
                return ContactAddress(
                    channel: .sms, raw: raw, address: number.e164,
                    note: number.maySMS ? nil : "A text message cannot reach this number.",
                    isUsable: number.maySMS)
            }
        } catch {
            return ContactAddress(
                channel: .sms, raw: raw, address: nil, note: error.description, isUsable: false)
        }
    }

    /// An e-mail address; blanks around it, and marks that nobody sees, are no part of it.
    package static func email(_ raw: String) -> ContactAddress {
        let visible = raw.unicodeScalars.filter { $0.properties.generalCategory != .format }
        let trimmed = String(String.UnicodeScalarView(visible)).split(whereSeparator: \.isWhitespace)
        guard trimmed.count == 1, let text = trimmed.first.map(String.init), isEmail(text) else {
            return ContactAddress(
                channel: .email, raw: raw, address: nil, note: "This is not one e-mail address.",
                isUsable: false)
        }
        return ContactAddress(channel: .email, raw: raw, address: text, note: nil, isUsable: true)
    }

    /// One `@`, something before it, a domain behind it, and nothing that could begin another header.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count) else {
            return false
        }
        let forbidden: Set<Character> = [",", ";", "<", ">", "\"", "(", ")", "[", "]", "\\", ":"]
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { !$0.isEmpty } && !labels.isEmpty
            && !text.contains { forbidden.contains($0) }
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }
}
