internal import Foundation

/// One line of a mapping file, judged.
struct DirectoryLine {
    private let line: CSVTable.Line
    private let values: [String: String]
    private let tenantCountry: String

    init(_ line: CSVTable.Line, _ header: [String], country: String) throws(CSVTable.Problem) {
        guard line.fields.count == header.count else {
            throw CSVTable.Problem(
                line: line.number,
                sentence: "The line has \(line.fields.count) fields, the header has \(header.count).")
        }
        self.line = line
        tenantCountry = country
        var values: [String: String] = [:]
        for (name, field) in zip(header, line.fields) {
            let text = field.trimmingCharacters(in: .whitespacesAndNewlines)
            if !text.isEmpty { values[name] = text }
        }
        self.values = values
    }

    func entry() throws(CSVTable.Problem) -> DirectoryFile.Entry {
        let party = try party()
        var contacts: [DirectoryWriter.Contact] = []
        if let phone = values["phone"] { contacts.append(try contact(try address(phone: phone))) }
        if let email = values["email"] { contacts.append(try contact(try address(email: email))) }
        if let target = values["target"] {
            let target = try reference(target)
            guard target != party else { throw problem("\(party) stands for itself.") }
            var contact = try contact(nil)
            contact.target = target
            contacts.append(contact)
        }
        guard !contacts.isEmpty else { throw problem("The line has no phone, email or target.") }
        return DirectoryFile.Entry(party: party, contacts: contacts)
    }

    private func party() throws(CSVTable.Problem) -> PartyReference {
        if let kind = RecipientSelector.kinds.first(where: { values[$0] != nil }), let key = values[kind] {
            try check(spreadsheet: key, kind)
            return PartyReference(kind: kind, key: key)
        }
        guard let kind = values["kind"], let key = values["key"] else {
            throw problem("The line names no party.")
        }
        guard RecipientSelector.kinds.contains(kind) else { throw unknown(kind: kind) }
        try check(spreadsheet: key, "key")
        return PartyReference(kind: kind, key: key)
    }

    private func contact(
        _ address: ContactAddress?,
    ) throws(CSVTable.Problem) -> DirectoryWriter.Contact {
        var rank: Int64 = 0
        if let text = values["rank"] {
            guard let number = Int64(text), (0...1_000_000).contains(number) else {
                throw problem("\"\(text)\" is no rank. Write a whole number, lower ones are told first.")
            }
            rank = number
        }
        return DirectoryWriter.Contact(
            address: address, name: values["name"], language: try language(), timeZone: try timeZone(),
            rank: rank)
    }

    private func address(phone: String) throws(CSVTable.Problem) -> ContactAddress {
        try check(spreadsheet: phone, "phone")
        let own = values["country"]?.uppercased()
        let address = ContactAddress.phone(phone, country: own ?? tenantCountry, isOwners: own != nil)
        guard address.isUsable else { throw problem("phone \"\(phone)\": \(address.note ?? "not usable.")") }
        return address
    }

    private func address(email: String) throws(CSVTable.Problem) -> ContactAddress {
        let address = ContactAddress.email(email)
        guard address.isUsable else { throw problem("email \"\(email)\": \(address.note ?? "not usable.")") }
        return address
    }

    private func reference(_ text: String) throws(CSVTable.Problem) -> PartyReference {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw problem("\"\(text)\" is no target. Write kind:key, for example person:anna.")
        }
        guard RecipientSelector.kinds.contains(parts[0]) else { throw unknown(kind: parts[0]) }
        try check(spreadsheet: parts[1], "target")
        return PartyReference(kind: parts[0], key: parts[1])
    }

    private func language() throws(CSVTable.Problem) -> String? {
        guard let text = values["language"] else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isTag = parts.allSatisfy { part in
            (2...8).contains(part.utf8.count)
                && part.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic }
        }
        guard isTag, let first = parts.first, first.count <= 3 else {
            throw problem("\"\(text)\" is no language. Write it like de or de-AT.")
        }
        return ([first.lowercased()] + parts.dropFirst().map(String.init)).joined(separator: "-")
    }

    /// Names of zones that were renamed are taken as well (case C127).
    private func timeZone() throws(CSVTable.Problem) -> String? {
        guard let text = values["time_zone"] else { return nil }
        guard text.contains("/") || text == "UTC", TimeZone(identifier: text) != nil else {
            throw problem("\"\(text)\" is no time zone. Write it like Europe/Berlin.")
        }
        return text
    }

    /// A spreadsheet that took a number for an amount has lost its digits (case C131).
    private func check(spreadsheet text: String, _ column: String) throws(CSVTable.Problem) {
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return }
        let isMantissa =
            parts[0].allSatisfy { $0.isNumber || $0 == "." || $0 == "," }
            && parts[0].contains(where: \.isNumber)
        let exponent = parts[1].drop { $0 == "+" || $0 == "-" }
        guard isMantissa, !exponent.isEmpty, exponent.allSatisfy(\.isNumber),
            parts[0].contains(where: { $0 == "." || $0 == "," }) || parts[1].count != exponent.count
        else { return }
        throw problem(
            "\(column) \"\(text)\" was shortened by a spreadsheet. Format the column as text and export again."
        )
    }

    private func unknown(kind: String) -> CSVTable.Problem {
        problem(
            "There is no kind \"\(kind)\". Kinds are \(RecipientSelector.kinds.joined(separator: ", ")).")
    }

    private func problem(_ sentence: String) -> CSVTable.Problem {
        CSVTable.Problem(line: line.number, sentence: sentence)
    }
}
