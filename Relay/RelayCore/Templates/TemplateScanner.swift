/// Finds the tags of a template with their places, and what is wrong with their form.
///
/// Rendering is swift-mustache's; its parser keeps no places and takes more than rule files may use (partials,
/// inheritance, other delimiters), so the tags are read here first.
struct TemplateScanner {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var line = 1
    private var column = 1
    private var problems: [TemplateProblem] = []
    private var top: [TemplateTag] = []
    /// Sections that are not closed yet, the innermost last.
    private var open: [TemplateTag] = []

    /// Sections in each other: what reads, checks and renders them calls itself for each.
    static let depthLimit = 20
    /// Functions around one value.
    static let functionLimit = 8

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The tags of `text` as a tree, and all problems.
    static func scan(_ text: String) -> (tags: [TemplateTag], problems: [TemplateProblem]) {
        var scanner = TemplateScanner(text)
        let tags = scanner.all()
        return (tags, scanner.problems)
    }

    private mutating func all() -> [TemplateTag] {
        while skipToTag() {
            let place = (line: line, column: column)
            guard let (sigil, content) = tagContent() else { break }
            switch sigil {
            case "!": continue
            case "/": close(content, at: place)
            case ">", "<", "$", "=", "%", "*":
                fail(at: place, "{{\(sigil) is not available in rule files", "write the text here")
            default: take(sigil, content, at: place)
            }
        }
        while let tag = open.popLast() {
            fail(
                at: (tag.line, tag.column), "{{\(Self.sigil(tag.kind))\(tag.text)}} is not closed",
                "add {{/\(tag.text)}}")
            add(tag)
        }
        return top
    }

    /// Gives the text up: what is behind its end would only be misunderstood.
    private mutating func end() {
        at = scalars.count
        while let tag = open.popLast() { add(tag) }
    }

    private mutating func take(_ sigil: String, _ content: String, at place: (line: Int, column: Int)) {
        let kind: TemplateTag.Kind =
            switch sigil {
            case "#": .section
            case "^": .inverted
            case "{", "&": .unescaped
            default: .variable
            }
        guard let (path, functions) = Self.parse(content) else {
            let what =
                content.isEmpty
                ? "the tag names nothing" : "\"\(content.prefix(80))\" is not the name of a field"
            fail(at: place, what)
            return
        }
        let tag = TemplateTag(
            kind: kind, path: path, functions: functions, line: place.line, column: place.column,
            children: [])
        guard kind == .section || kind == .inverted else { return add(tag) }
        guard open.count < Self.depthLimit else {
            fail(at: place, "sections are nested more than \(Self.depthLimit) deep")
            return end()
        }
        open.append(tag)
    }

    private mutating func close(_ content: String, at place: (line: Int, column: Int)) {
        guard let last = open.popLast() else {
            fail(at: place, "{{/\(content)}} closes nothing")
            return
        }
        if last.text != content {
            // The section that is open stays the best guess of what was meant to end.
            fail(
                at: place,
                "{{/\(content)}} does not close {{\(Self.sigil(last.kind))\(last.text)}} of line \(last.line)"
            )
        }
        add(last)
    }

    private mutating func add(_ tag: TemplateTag) {
        if open.isEmpty { top.append(tag) } else { open[open.count - 1].children.append(tag) }
    }

    private mutating func fail(
        at place: (line: Int, column: Int), _ sentence: String, _ suggestion: String? = nil,
    ) {
        problems.append(
            TemplateProblem(
                line: place.line, column: place.column, sentence: sentence, suggestion: suggestion))
    }

    private static func sigil(_ kind: TemplateTag.Kind) -> String {
        switch kind {
        case .section: "#"
        case .inverted: "^"
        case .unescaped: "&"
        case .variable: ""
        }
    }

    private mutating func advance() {
        if scalars[at] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        at += 1
    }

    private func starts(with text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return at + wanted.count <= scalars.count && Array(scalars[at..<(at + wanted.count)]) == wanted
    }

    private mutating func skipToTag() -> Bool {
        while at < scalars.count {
            if starts(with: "{{") { return true }
            advance()
        }
        return false
    }

    /// The sign behind the braces and the text up to the closing ones; nil, with a problem, where they are missing.
    private mutating func tagContent() -> (sigil: String, content: String)? {
        let start = (line: line, column: column)
        advance()
        advance()
        var sigil = ""
        if at < scalars.count, "#^/!{&><$=%*".unicodeScalars.contains(scalars[at]) {
            sigil = String(Character(scalars[at]))
            advance()
        }
        let end = sigil == "{" ? "}}}" : "}}"
        var content = String.UnicodeScalarView()
        while at < scalars.count, !starts(with: end), sigil == "!" || scalars[at] != "\n" {
            content.append(scalars[at])
            advance()
        }
        guard starts(with: end) else {
            fail(at: start, "a tag is not closed", "add \(end) on the same line")
            return nil
        }
        for _ in end.unicodeScalars { advance() }
        let text = String(content).split(separator: " ").joined(separator: " ")
        return (sigil, text)
    }

    /// Names and functions of `vendor_name`, `buyer.name`, `.`, `grouped(total_net)` and `last()`.
    private static func parse(_ content: String) -> (path: [String], functions: [String])? {
        var rest = content[...]
        var functions: [String] = []
        while let bracket = rest.firstIndex(of: "("), rest.hasSuffix(")") {
            let name = String(rest[..<bracket])
            guard isName(name[...]), functions.count < functionLimit else { return nil }
            functions.append(name)
            rest = rest[rest.index(after: bracket)...].dropLast()
        }
        if rest == "." { return ([], functions) }
        if rest.isEmpty { return functions.isEmpty ? nil : ([], functions) }
        let path = rest.split(separator: ".", omittingEmptySubsequences: false)
        return path.allSatisfy(isName) ? (path.map(String.init), functions) : nil
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
