/// Who gets a message, and where.
package struct Recipient: Hashable, Sendable {
    /// The party that the address belongs to.
    package let party: PartyReference
    /// What a greeting calls them; empty where nobody said.
    package let name: String
    /// E.164 or an e-mail address.
    package let address: String
    /// Two letters in lower case; nil where it is not known.
    package let language: String?
    /// IANA name, where the tenant's own mapping says one.
    package let timeZone: String?

    /// What two recipients with one mailbox have in common: no provider tells capital letters from others.
    var mailbox: String { address.lowercased() }
}

/// Whom one selector of a rule means in one event, and how they are reached.
package struct Resolution: Hashable, Sendable {
    /// The party that the document names, whether the directory knows it or not; nil where it names none.
    ///
    /// It depends on the document alone, so that what is made of it is the same whenever it is asked.
    package let asked: PartyReference?
    /// Empty where nobody is found: to be asked again when the directory changes.
    package let recipients: [Recipient]
    /// Why there is nobody, one sentence.
    package let reason: String?
}
