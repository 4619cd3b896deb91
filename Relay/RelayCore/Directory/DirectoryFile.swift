internal import Foundation

/// The tenant's own mapping as a file states it: which party is reached where, or stands for which other one.
struct DirectoryFile: Sendable {
    /// One line of the file.
    struct Entry: Hashable, Sendable {
        let party: PartyReference
        let contacts: [DirectoryWriter.Contact]
    }

    let entries: [Entry]

    /// Columns beside those that are named for a kind of party.
    private static let columns = [
        "kind", "key", "phone", "email", "target", "name", "language", "time_zone", "country", "rank",
    ]

    /// Reads a file; every line is judged, and one that is wrong lets none of them in.
    ///
    /// - Parameter country: of the tenant, for numbers written without one.
    static func read(
        _ bytes: [UInt8], name: String, encoding: CSVTable.Encoding, country: String,
    ) -> Result<DirectoryFile, DirectoryImportRefused> {
        var problems: [CSVTable.Problem] = []
        do throws(CSVTable.Problem) {
            let table = try CSVTable(bytes, encoding: encoding)
            let header = try header(table.header)
            var entries: [Entry] = []
            for line in table.lines {
                do throws(CSVTable.Problem) {
                    entries.append(try DirectoryLine(line, header, country: country).entry())
                } catch {
                    problems.append(error)
                }
            }
            if problems.isEmpty { return .success(DirectoryFile(entries: entries)) }
        } catch {
            problems.append(error)
        }
        return .failure(DirectoryImportRefused(file: name, problems: problems))
    }

    private static func header(_ cells: [String]) throws(CSVTable.Problem) -> [String] {
        let names = cells.map { $0.lowercased().replacingOccurrences(of: " ", with: "_") }
        let known = columns + RecipientSelector.kinds
        for (index, name) in names.enumerated() {
            guard known.contains(name) else {
                throw CSVTable.Problem(
                    line: 1,
                    sentence: "There is no column \"\(cells[index])\". Columns are a kind of party "
                        + "(\(RecipientSelector.kinds.joined(separator: ", "))), or kind and key, and phone, "
                        + "email, target, name, language, time_zone, country, rank.")
            }
            guard names.firstIndex(of: name) == index else {
                throw CSVTable.Problem(line: 1, sentence: "The column \"\(name)\" is there twice.")
            }
        }
        let kinds = names.filter(RecipientSelector.kinds.contains)
        let isGeneral = names.contains("kind") && names.contains("key")
        guard (kinds.count == 1) != isGeneral, kinds.count <= 1 else {
            throw CSVTable.Problem(
                line: 1,
                sentence: "One column has to name the party: vendor, purchasing_group, …, or kind and key.")
        }
        return names
    }
}

/// Why a file was not imported; nothing of it was.
package struct DirectoryImportRefused: Error, Hashable, Sendable, CustomStringConvertible {
    /// Name of the file.
    package let file: String
    let problems: [CSVTable.Problem]

    /// One line for each problem: `file:line: sentence`.
    package var description: String {
        problems.map { "\(file):\($0.line): \($0.sentence)" }.joined(separator: "\n")
    }
}
