import Foundation
import Testing

@Suite("House rules that the compiler does not check")
struct HouseRuleTests {
    private static let product = ["Sources", "Protocol", "Agent", "Relay"]
    /// Folders of the wrappers of C libraries, where unsafe code is marked and lives.
    private static let wrappers = [
        "Sources/Compression/", "Sources/Cryptography/", "Sources/HTTPTransport/", "Sources/SQLStore/",
        "Sources/YAMLDocument/", "Sources/Programs/Terminal", "Agent/SAPAccess/RFC/",
        "Agent/AgentCore/Resources/", "Relay/RelayCore/Resources/", "Relay/RelayCore/Directory/PhoneNumber/",
        "Relay/RuleLanguage/RE2/",
    ]

    @Test("Every package declaration says what it is for")
    func documentation() throws {
        let declaration = try Regex(
            #"^\s*(package|public) (?!import|extension|init\(from)(final |static |mutating |consuming |borrowing |nonmutating |convenience |indirect |nonisolated |isolated |override )*(struct|class|enum|protocol|actor|func|var|let|init|subscript|typealias|case|macro)\b"#
        )
        for folder in Self.product {
            for file in SourceTree.files(in: folder) {
                for (index, line) in file.lines.enumerated() where line.contains(declaration) {
                    #expect(
                        Self.isDocumented(file.lines, at: index) || Self.isSelfEvident(line),
                        "\(file.path):\(index + 1) has no documentation: \(line)")
                }
            }
        }
    }

    /// A comment above the declaration, or above the unbroken group that it stands in, or a conformance that
    /// opens the group: its protocol says what the members are.
    private static func isDocumented(_ lines: [String], at index: Int) -> Bool {
        let indentation = lines[index].prefix { $0 == " " }.count
        var above = index - 1
        while above >= 0 {
            let text = lines[above].trimmingCharacters(in: .whitespaces)
            if text.hasPrefix("//") { return true }
            if text.isEmpty { return false }
            let depth = lines[above].prefix { $0 == " " }.count
            if depth < indentation { return text.contains(":") && text.hasSuffix("{") }
            above -= 1
        }
        return false
    }

    /// Members whose contract is their protocol's or their type's own.
    private static func isSelfEvident(_ line: String) -> Bool {
        let names = [
            "var description:", "static func ==", "static func <", "func hash(", "var id:", "func run()",
            "var errorDescription", "func encode(", "func next()", "init()", "init(", "var debugDescription",
            "var customMirror", "func send(_ request: TransportRequest)", "subscript(metadataKey",
            "func log(event:",
            "func value(at index:", "func read<T", "func write<T", "var startIndex", "var endIndex",
            "subscript(",
            "(rawValue: ",
        ]
        return names.contains { line.contains($0) }
    }

    @Test("Unsafe code stands in the wrappers only")
    func unsafeCode() throws {
        let marked = try Regex(#"\bunsafe\b|Unsafe(Mutable)?(Raw)?(Buffer)?Pointer|withUnsafe"#)
        for folder in ["Protocol", "Agent", "Relay"] {
            for file in SourceTree.files(in: folder) where !Self.wrappers.contains(where: file.path.hasPrefix)
            {
                for (index, line) in file.lines.enumerated() where line.contains(marked) {
                    let text = line.trimmingCharacters(in: .whitespaces)
                    #expect(text.hasPrefix("//"), "\(file.path):\(index + 1) uses unsafe code: \(text)")
                }
            }
        }
    }

    @Test("Nothing ends the process on data, and no task is detached")
    func traps() throws {
        let forbidden = try Regex(#"\bTask\.detached\b|\btry!|\bas! |\bfatalError\("#)
        for folder in Self.product {
            for file in SourceTree.files(in: folder) {
                for (index, line) in file.lines.enumerated() where line.contains(forbidden) {
                    let text = line.trimmingCharacters(in: .whitespaces)
                    #expect(text.hasPrefix("//"), "\(file.path):\(index + 1): \(text)")
                }
            }
        }
    }

    @Test("A connection to the store is named in Tenancy and in the wiring only")
    func tenantScope() throws {
        let words = try Regex(#"\b(SQLConnection|SQLDatabase|SQLiteDatabase)\b"#)
        for file in SourceTree.files(in: "Relay/RelayCore")
        where !file.path.hasPrefix("Relay/RelayCore/Tenancy/")
            && !file.path.hasPrefix("Relay/RelayCore/Wiring/")
        {
            for (index, line) in file.lines.enumerated() where line.contains(words) {
                let text = line.trimmingCharacters(in: .whitespaces)
                #expect(
                    text.hasPrefix("//"),
                    "\(file.path):\(index + 1) reaches past TenantScope, so a statement could forget its tenant"
                )
            }
        }
    }
}
