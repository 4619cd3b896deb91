import Foundation
import Glibc
import TestSupport
import Testing

@testable import Programs

@Suite("What must not stand in the arguments")
struct SecretInputTests {
    @Test(
        "A file's text without the line break at its end",
        arguments: [
            ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" pass word ", " pass word "),
            ("ü\n\n", "ü\n"),
        ])
    func file(content: String, expected: String) throws {
        let folder = try TemporaryFolder()
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder.file("secret")))
        #expect(try SecretInput.read(folder.file("secret"), what: "it") == expected)
    }

    @Test(
        "Nothing, blanks, a text in another encoding and a device are refused, each with its sentence",
        arguments: [
            ([], "Nothing was given for sap.password."), ([10], "Nothing was given for sap.password."),
            ([32, 13, 10], "Nothing was given for sap.password."),
            ([0x4D, 0xFC, 0x6C], "What was given for sap.password is no text in UTF-8."),
        ] as [([UInt8], String)])
    func refused(bytes: [UInt8], sentence: String) {
        let failure = #expect(throws: CommandFailure.self) {
            _ = try SecretInput.text(bytes, what: "sap.password")
        }
        #expect(failure?.sentence == sentence)
        #expect(failure?.kind == .configuration)
    }

    @Test("A file without end is not read to its end, and a folder is no file")
    func endless() {
        let endless = #expect(throws: CommandFailure.self) {
            _ = try SecretInput.read("/dev/zero", what: "it")
        }
        #expect(endless?.sentence == "There is more in /dev/zero than a secret can hold (64 KiB).")
        let folder = #expect(throws: CommandFailure.self) { _ = try SecretInput.read("/", what: "it") }
        #expect(folder?.sentence == "/ cannot be read: Is a directory.")
    }

    /// A terminal of our own: what a person types goes in, what they would see comes out.
    private struct Terminal {
        let person: Int32
        let program: Int32

        init() throws {
            person = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            var unlocked: Int32 = 0
            var number: Int32 = 0
            // TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)).
            try #require(ioctl(person, 0x4004_5431, &unlocked) == 0)
            try #require(ioctl(person, 0x8004_5430, &number) == 0)
            program = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
            try #require(program >= 0)
        }

        var shows: Bool {
            var settings = termios()
            tcgetattr(program, &settings)
            return settings.c_lflag & tcflag_t(ECHO) != 0 && settings.c_lflag & tcflag_t(ISIG) != 0
        }

        /// Reads a line as the program does, while a person types `keys` as soon as nothing is shown any more.
        func typed(_ keys: String) async throws -> [UInt8] {
            try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask { try SecretInput.typed("Token", at: program, prompts: program) }
                group.addTask {
                    _ = try await eventually { !shows }
                    let bytes = Array(keys.utf8)
                    _ = write(person, bytes, bytes.count)
                    return nil
                }
                var line: [UInt8] = []
                for try await result in group { line = result ?? line }
                return line
            }
        }

        func seen() -> String {
            var bytes = [UInt8](repeating: 0, count: 1_000)
            let count = read(person, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

        func end() {
            close(person)
            close(program)
        }
    }

    @Test("What is typed does not show, and the terminal shows again afterwards")
    func hidden() async throws {
        let terminal = try Terminal()
        defer { terminal.end() }
        #expect(try await terminal.typed("s3cret\n") == Array("s3cret\n".utf8))
        #expect(terminal.shows)
        let seen = terminal.seen()
        #expect(seen.hasPrefix("Token: ") && !seen.contains("s3cret"))
    }

    @Test("Ctrl-C ends the input, and leaves a terminal that shows what is typed")
    func interrupted() async throws {
        let terminal = try Terminal()
        defer { terminal.end() }
        await #expect(throws: CommandFailure.self) { _ = try await terminal.typed("s3c\u{3}") }
        #expect(terminal.shows)
    }
}
