internal import YAMLDocument

/// How one stream of a feed finds keys.
package struct StreamDefinition: Hashable, Sendable {
    /// What is looked at.
    package enum Search: Hashable, Sendable {
        /// The stamp with which a document is entered.
        case entryStamp
        /// Change documents of an object class, whose OBJECTID is the document's key.
        case changeDocuments(objectClass: String)
    }

    /// What detection is told.
    package let stream: FeedStream
    package let search: Search

    private enum Word: String, CaseIterable {
        case entryStamp = "entry_stamp"
        case changeDocuments = "change_documents"
    }

    init(feed: String, name: String, node: YAMLNode, isDateOnly: Bool) throws(YAMLError) {
        let mapping = try node.mapping()
        let word: Word = try mapping.choice("by")
        switch word {
        case .entryStamp:
            search = .entryStamp
            stream = FeedStream(name: "\(feed).\(name)", kind: .once, isDateOnly: isDateOnly)
        case .changeDocuments:
            search = .changeDocuments(objectClass: try mapping.string("class"))
            stream = FeedStream(name: "\(feed).\(name)", kind: .changeDocument, isDateOnly: false)
        }
        try mapping.finish()
    }
}

/// A column of a table, as change documents name it: `EKKO-FRGKE`.
package struct TableColumnName: Hashable, Sendable {
    package let table: String
    package let column: String

    init(_ text: String, problem: (String) -> YAMLError) throws(YAMLError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, SAPName.isValid(parts[0]), SAPName.isValid(parts[1]) else {
            throw problem("a column is expected as TABLE-COLUMN, EKKO-FRGKE for example, not \"\(text)\"")
        }
        table = parts[0]
        column = parts[1]
    }
}
