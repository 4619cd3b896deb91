internal import Values

/// Names a party of the directory: what it is, and its key in ALPHA form.
package struct PartyReference: Hashable, Sendable, CustomStringConvertible {
    /// `vendor`, `purchasing_group`, `user`, `cost_center`, `person` and others.
    package let kind: String
    /// Without leading zeros where it is all digits; users' names in capital letters, as SAP keeps them.
    package let key: String

    /// A reference; `key` may carry leading zeros and blanks around it.
    package init(kind: String, key: String) {
        self.kind = kind
        let stripped = SAPKey(key).stripped
        self.key = kind == "user" ? stripped.uppercased() : stripped
    }

    /// `vendor:4711`.
    package var description: String { "\(kind):\(key)" }
}
