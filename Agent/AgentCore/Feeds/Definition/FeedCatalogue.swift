import FoundationEssentials
package import SAPAccess
package import YAMLDocument

/// All feeds of an agent: the built-in ones, and those of the customer's own files.
package struct FeedCatalogue: Sendable {
    /// In the order of their names.
    package let feeds: [FeedDefinition]

    /// Feeds of documents, which are polled.
    package var documents: [FeedDefinition] { feeds.filter { $0.document != nil } }
    /// Feeds of masters, which are read for documents.
    package var masters: [FeedDefinition] { feeds.filter { $0.document == nil } }

    /// What may be read and called at all: the feeds' shares together.
    package var allowed: AllowList {
        feeds.reduce(into: AllowList()) { $0.formUnion($1.allowed) }
    }

    /// The feed of that name.
    package func feed(_ name: String) -> FeedDefinition? { feeds.first { $0.name == name } }

    /// The feeds that the agent carries.
    /// - Throws: only where the binary itself is wrong.
    package static func builtIn() throws(YAMLError) -> FeedCatalogue {
        try FeedCatalogue(files: AgentResource.texts(in: "Feeds"))
    }

    /// The built-in feeds and all `.yaml` files of a folder.
    ///
    /// A file whose feed has the name of a built-in one takes its place; one that says `extends` adds to it.
    /// - Throws: `YAMLError` for a file that is wrong, or the error of the file system.
    package static func load(from folder: String) throws -> FeedCatalogue {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") }.sorted()
        let own = try names.map { name in
            let path = folder + "/" + name
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw YAMLError(file: path, line: 1, column: 1, problem: "the file is not UTF-8")
            }
            return (name: path, text: text)
        }
        return try FeedCatalogue(files: own, over: AgentResource.texts(in: "Feeds"))
    }

    /// Feeds of these files, and of `base` where no file takes the place of one of its feeds.
    package init(
        files: [(name: String, text: String)], over base: [(name: String, text: String)] = [],
    ) throws(YAMLError) {
        var builtIn: [FeedFile] = []
        for file in base { builtIn.append(try FeedFile(name: file.name, text: file.text)) }
        var own: [FeedDefinition] = []
        for file in files {
            let feed = try FeedFile(name: file.name, text: file.text).definition(extending: builtIn)
            guard !own.contains(where: { $0.name == feed.name }) else {
                throw YAMLError(
                    file: file.name, line: 1, column: 1,
                    problem: "another file is of the feed \"\(feed.name)\" too")
            }
            own.append(feed)
        }
        var feeds = own
        for file in builtIn {
            let feed = try file.definition(extending: [])
            if !own.contains(where: { $0.name == feed.name }) { feeds.append(feed) }
        }
        self.feeds = feeds.sorted { $0.name < $1.name }
        try checkMasters()
    }

    /// Every master that a document names must be there.
    private func checkMasters() throws(YAMLError) {
        let known = Set(masters.map(\.name))
        for feed in documents {
            for master in feed.document?.masters ?? [] where !known.contains(master.feed) {
                throw YAMLError(
                    file: feed.name, line: 1, column: 1,
                    problem: "the feed names the master \"\(master.feed)\", and there is no such feed")
            }
        }
    }
}
