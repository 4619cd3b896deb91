/// What the directory answered within one transaction: a batch asks for the same few parties again and again.
final class DirectoryMemory {
    /// Who is looked for, how, and for which SAP client.
    struct Question: Hashable {
        let party: PartyReference
        let channel: Channel
        let source: String
    }

    private var contacts: [Question: [Recipient]] = [:]

    /// The answer to a question, found by `find` the first time.
    func contacts(_ question: Question, _ find: () throws -> [Recipient]) rethrows -> [Recipient] {
        if let known = contacts[question] { return known }
        let found = try find()
        contacts[question] = found
        return found
    }

    /// To be called with each change of the directory that the transaction makes.
    func forget() { contacts.removeAll() }
}
