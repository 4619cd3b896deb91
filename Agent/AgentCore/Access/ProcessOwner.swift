internal import FoundationEssentials

/// Who holds an attempt or a slot in the spool: a process that others can see to be dead.
package struct ProcessOwner: Sendable {
    /// Process id and start time, so that a later process of the same id is another owner.
    package let name: String
    /// Whether the owner of that name still runs on this host.
    package let isAlive: @Sendable (String) -> Bool

    /// An owner by name; tests say themselves who is alive.
    package init(name: String, isAlive: @escaping @Sendable (String) -> Bool) {
        self.name = name
        self.isAlive = isAlive
    }

    /// This process, told by `/proc`.
    package static var current: ProcessOwner {
        ProcessOwner(name: describe("self") ?? "unknown") { name in
            guard let id = name.split(separator: "@").first else { return false }
            return describe(String(id)) == name
        }
    }

    /// `id@start` of a process; nil when there is none.
    ///
    /// The name of its program may hold blanks and brackets.
    private static func describe(_ process: String) -> String? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let id = text.split(separator: " ").first, let bracket = text.lastIndex(of: ")") else {
            return nil
        }
        // Field 22 of the line is the start time; the state, field 3, is the first one behind the bracket.
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        return fields.count > 19 ? "\(id)@\(fields[19])" : nil
    }
}
