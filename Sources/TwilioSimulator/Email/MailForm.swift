/// The body of SendGrid's mail/send, checked as its specification says.
struct MailForm: Sendable {
    let create: ReceivedCreate
    /// One recipient's address with the custom arguments that its events will carry.
    let recipients: [(address: String, arguments: [String: JSONValue])]
    /// What is wrong: the message and the field.
    let problem: (message: String, field: String)?

    init(_ text: String) {
        let body = JSONValue.parse(text) ?? .null
        let common = body["custom_args"]?.members ?? [:]
        let people = body["personalizations"]?.items ?? []
        recipients = people.flatMap { person in
            let arguments = common.merging(person["custom_args"]?.members ?? [:]) { $1 }
            return (person["to"]?.items ?? []).compactMap { $0["email"]?.text }.map { ($0, arguments) }
        }
        let from = body["from"]?["email"]?.text ?? ""
        let contents = body["content"]?.items ?? []
        let subject = body["subject"]?.text ?? people.first?["subject"]?.text ?? ""
        let arguments = recipients.first.map { JSONValue.object($0.arguments).rendered }
        create = ReceivedCreate(
            channel: "email", to: recipients.map(\.address).joined(separator: ","), from: from,
            body: subject + "\n" + (contents.first?["value"]?.text ?? ""), correlation: arguments, raw: text)
        problem =
            if recipients.isEmpty || recipients.contains(where: { !$0.address.contains("@") }) {
                ("Does not contain a valid address.", "personalizations.0.to.0.email")
            } else if !from.contains("@") {
                ("The from object must be provided for every email send.", "from.email")
            } else if subject.isEmpty {
                ("The subject is required.", "subject")
            } else if contents.isEmpty || contents.contains(where: { ($0["value"]?.text ?? "").isEmpty }) {
                ("The content value must be a string at least one character in length.", "content.0.value")
            } else if (body["categories"]?.items.count ?? 0) > 10 {
                ("No more than 10 categories are allowed.", "categories")
            } else {
                nil
            }
    }
}
