internal import Foundation

/// A file of separated values, taken apart as spreadsheets write it: separator by its header, fields in quotes with
/// separators, quotes and line ends in them (RFC 4180).
struct CSVTable: Sendable {
    /// How a file's bytes are read; nothing is guessed.
    enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case windows1252 = "windows-1252"
    }

    /// One record, with the line of the file that it begins on, from 1.
    struct Line: Hashable, Sendable {
        let number: Int
        let fields: [String]
    }

    /// What is wrong with a file, and on which line.
    struct Problem: Error, Hashable, Sendable {
        let line: Int
        let sentence: String
    }

    let header: [String]
    let lines: [Line]

    init(_ bytes: [UInt8], encoding: Encoding) throws(Problem) {
        let text = try Self.decode(bytes, encoding)
        var records = try Self.records(text)
        guard !records.isEmpty else { throw Problem(line: 1, sentence: "The file is empty.") }
        header = records.removeFirst().fields.map { $0.trimmingCharacters(in: .whitespaces) }
        // A line without any value is how spreadsheets end a table.
        lines = records.filter { !$0.fields.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
    }

    private static func decode(_ bytes: [UInt8], _ encoding: Encoding) throws(Problem) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw Problem(line: 1, sentence: "The file is UTF-16. Save it as \"CSV UTF-8\".")
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        switch encoding {
        case .utf8:
            if let text = String(validating: content, as: UTF8.self) { return text }
            var number = 0
            for line in content.split(separator: 0x0A, omittingEmptySubsequences: false) {
                number += 1
                if String(validating: line, as: UTF8.self) == nil { break }
            }
            throw Problem(
                line: number,
                sentence:
                    "The line is not UTF-8. Save the file as \"CSV UTF-8\", or import it as windows-1252.")
        case .windows1252:
            guard let text = String(data: Data(content), encoding: .windowsCP1252) else {
                throw Problem(line: 1, sentence: "The file is not windows-1252.")
            }
            return text
        }
    }

    private static func records(_ text: String) throws(Problem) -> [Line] {
        var parser = CSVParser(text)
        return try parser.run()
    }
}

/// The characters of a file, one after the other.
private struct CSVParser {
    private let scalars: [Unicode.Scalar]
    private let separator: Unicode.Scalar
    private var position = 0
    private var line = 1
    private var records: [CSVTable.Line] = []
    private var fields: [String] = []
    private var field = String.UnicodeScalarView()
    private var begun = 1

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        separator = Self.separator(of: scalars)
    }

    /// Whichever of semicolon, tab and comma stands most often in the header, outside quotes.
    private static func separator(of scalars: [Unicode.Scalar]) -> Unicode.Scalar {
        var counts: [Unicode.Scalar: Int] = [:]
        var isQuoted = false
        for scalar in scalars {
            if scalar == "\"" { isQuoted.toggle() }
            if isQuoted { continue }
            if scalar == "\n" || scalar == "\r" { break }
            counts[scalar, default: 0] += 1
        }
        let candidates: [Unicode.Scalar] = [";", "\t", ","]
        return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? ","
    }

    mutating func run() throws(CSVTable.Problem) -> [CSVTable.Line] {
        while position < scalars.count {
            let scalar = scalars[position]
            switch scalar {
            case "\"" where field.allSatisfy({ $0 == " " }): try quoted()
            case separator:
                endField()
                position += 1
            case "\r", "\n": endLine()
            default:
                field.append(scalar)
                position += 1
            }
        }
        if !field.isEmpty || !fields.isEmpty { endRecord() }
        return records
    }

    private mutating func quoted() throws(CSVTable.Problem) {
        let first = line
        field = String.UnicodeScalarView()
        position += 1
        while position < scalars.count {
            let scalar = scalars[position]
            position += 1
            if scalar == "\n" { line += 1 }
            guard scalar == "\"" else {
                field.append(scalar)
                continue
            }
            if position < scalars.count, scalars[position] == "\"" {
                field.append(scalar)
                position += 1
                continue
            }
            // Nothing but the next separator or the end of the line may follow.
            while position < scalars.count, scalars[position] == " " { position += 1 }
            let isEnd =
                position >= scalars.count || scalars[position] == separator || scalars[position] == "\r"
                || scalars[position] == "\n"
            if isEnd { return }
            throw CSVTable.Problem(line: line, sentence: "Something stands behind a closing quotation mark.")
        }
        throw CSVTable.Problem(line: first, sentence: "A quotation mark is not closed.")
    }

    private mutating func endField() {
        fields.append(String(field))
        field = String.UnicodeScalarView()
    }

    private mutating func endLine() {
        let isPair =
            scalars[position] == "\r" && position + 1 < scalars.count && scalars[position + 1] == "\n"
        position += isPair ? 2 : 1
        line += 1
        endRecord()
    }

    private mutating func endRecord() {
        endField()
        records.append(CSVTable.Line(number: begun, fields: fields))
        fields = []
        begun = line
    }
}
