import SQLStore
import TestSupport
import Testing

@testable import RelayCore

@Suite("The tenant's own mapping comes from a file, all of it or nothing")
struct DirectoryImportTests {
    private static func read(
        _ bytes: [UInt8], _ encoding: CSVTable.Encoding = .utf8,
    ) -> Result<DirectoryFile, DirectoryImportRefused> {
        DirectoryFile.read(bytes, name: "map.csv", encoding: encoding, country: "DE")
    }

    private static func refusal(_ text: String) -> String? {
        if case .failure(let refused) = read(Array(text.utf8)) { return refused.description }
        return nil
    }

    @Test("A byte order mark is no part of the first column's name (C128)")
    func byteOrderMark() throws {
        let file = try Self.read([0xEF, 0xBB, 0xBF] + Array("vendor,phone\n0000004711,0170 1234567\n".utf8))
            .get()
        let entry = try #require(file.entries.first)
        #expect(entry.party == PartyReference(kind: "vendor", key: "4711"))
        #expect(entry.contacts.first?.address?.address == "+491701234567")
    }

    @Test("Semicolons, quotes and line ends stand in quoted fields (C129)")
    func quoted() throws {
        let table = try CSVTable(
            Array("a;b;c\r\n\"Müller\nKarl; \"\"Einkauf\"\"\";1,5; x \r\n;;\r\nlast;;".utf8), encoding: .utf8)
        #expect(table.header == ["a", "b", "c"])
        #expect(
            table.lines.map(\.fields) == [["Müller\nKarl; \"Einkauf\"", "1,5", " x "], ["last", "", ""]])
        #expect(table.lines.map(\.number) == [2, 5])
    }

    @Test(
        "A number that a spreadsheet shortened is refused with the hint (C131)",
        arguments: [
            "vendor;phone\n4711;4.91512E+11", "vendor;phone\n4711;4,91512E+11",
            "vendor;email\n1.00E+05;a@b.example", "plant;target\n1000;vendor:4.7E+09",
        ])
    func shortened(text: String) {
        #expect(Self.refusal(text)?.contains("map.csv:2: ") == true)
        #expect(Self.refusal(text)?.contains("Format the column as text") == true)
    }

    @Test("A file is read in the encoding that the user names, else refused with its line (C133)")
    func encoding() throws {
        let bytes =
            Array("vendor,phone,name\n1,+491701234567,A\n2,+491701234568,M".utf8) + [0xFC]
            + Array("ller\n".utf8)
        guard case .failure(let refused) = Self.read(bytes) else {
            Issue.record("taken as UTF-8")
            return
        }
        #expect(refused.description.hasPrefix("map.csv:3: The line is not UTF-8."))
        #expect(try Self.read(bytes, .windows1252).get().entries.last?.contacts.first?.name == "Müller")
    }

    @Test(
        "Names of time zones that were changed are taken (C127)",
        arguments: ["Asia/Calcutta", "US/Eastern", "Europe/Kiev", "Europe/Berlin", "UTC"])
    func zones(zone: String) throws {
        let text = "vendor,email,time_zone\n1,a@b.example,\(zone)\n"
        #expect(try Self.read(Array(text.utf8)).get().entries.first?.contacts.first?.timeZone == zone)
    }

    @Test("Marks that nobody sees are no part of an address (C085)")
    func invisible() throws {
        let text = "vendor,email\n1,\u{FEFF} a@b.exam\u{AD}ple\u{200B}\n"
        let contact = try Self.read(Array(text.utf8)).get().entries.first?.contacts.first
        #expect(contact?.address?.address == "a@b.example")
    }

    @Test(
        "Every wrong line is named with what is wrong with it",
        arguments: [
            ("vendor,phone\n1,+49 30 123456 FAX", 2, "text beside the number"),
            ("vendor,phone\n1,+49 30 123456", 2, "cannot reach"),
            ("vendor,email\n1,no address", 2, "e-mail address"),
            ("vendor,phone\n,+491701234567", 2, "names no party"),
            ("vendor,phone\n1", 2, "has 1 fields"),
            ("vendor,phone\n1,", 2, "no phone, email or target"),
            ("vendor,phon\n1,2", 1, "no column \"phon\""),
            ("vendor,plant,phone\n1,2,3", 1, "One column has to name the party"),
            ("vendor,phone,phone\n1,2,3", 1, "twice"),
            ("kind,key,email\ncolour,red,a@b.example", 2, "no kind \"colour\""),
            ("plant,target\n1000,anna", 2, "kind:key"),
            ("plant,target\n1000,plant:1000", 2, "stands for itself"),
            ("vendor,email,language\n1,a@b.example,german language", 2, "no language"),
            ("vendor,email,time_zone\n1,a@b.example,Berlin", 2, "no time zone"),
            ("vendor,email\n1,\"a@b.example", 2, "not closed"),
            ("vendor,phone,country\n1,+38(671)234567,UA", 2, "Confirm it"),
            ("", 1, "empty"),
        ] as [(String, Int, String)])
    func refused(text: String, line: Int, part: String) {
        let refusal = Self.refusal(text)
        #expect(refusal?.hasPrefix("map.csv:\(line): ") == true, "\(refusal ?? "taken")")
        #expect(refusal?.contains(part) == true, "\(refusal ?? "taken")")
    }

    @Test("A file of the same name replaces what it brought before; a wrong one changes nothing")
    func again() async throws {
        let fixture = try await ProcessFixture()
        let directory = DirectoryImport(scope: fixture.scope)
        func run(_ text: String, file: String = "map.csv") async throws -> Int {
            try await directory.run(Array(text.utf8), file: file, by: "anna", now: fixture.now).changedParties
        }
        let now =
            "SELECT key || ' ' || address FROM directory_contact WHERE tenant = ?1 AND valid_until IS NULL"
        #expect(try await run("vendor,email\n1,a@b.example\n2,c@d.example\n") == 2)
        #expect(try await run("vendor,email\n3,e@f.example\n", file: "other.csv") == 1)
        #expect(try await run("vendor,email\n1,a@b.example\n2,c@d.example\n") == 0)
        await #expect(throws: DirectoryImportRefused.self) {
            _ = try await run("vendor,email\n1,a@b.example\n2,nothing\n")
        }
        #expect(
            try await fixture.texts(now + " ORDER BY key") == [
                "1 a@b.example", "2 c@d.example", "3 e@f.example",
            ])
        #expect(try await run("vendor,email\n1,x@b.example\n") == 2)
        #expect(try await fixture.texts(now + " ORDER BY key") == ["1 x@b.example", "3 e@f.example"])
        #expect(
            try await fixture.texts("SELECT directory_version || '' FROM tenant WHERE tenant = ?1") == ["3"])
        #expect(try await fixture.count("directory_import") == 4)
        #expect(try await fixture.count("directory_contact") == 4)
    }
}
