import Glibc

/// Reads what must not stand in the arguments, which every user of a host can see: a password, a key, a token.
package enum SecretInput {
    /// No secret of ours is longer; a device or a wrong file is told from one by it.
    static let bytesLimit = 64 << 10

    /// The text of a file, or of standard input where `file` is nil or `-`, without the line break at its end.
    ///
    /// At a terminal it is one line, and nothing of it shows.
    /// - Parameter what: what is read, for the prompt and for errors.
    /// - Throws: `CommandFailure` for a file that cannot be read, for nothing but blanks, too much, or what is no UTF-8.
    package static func read(_ file: String?, what: String) throws -> String {
        let bytes: [UInt8]
        if let file, file != "-" {
            bytes = try content(of: file)
        } else if isatty(STDIN_FILENO) == 1 {
            bytes = try typed(what, at: STDIN_FILENO, prompts: STDERR_FILENO)
        } else {
            bytes = try whole(STDIN_FILENO, name: "standard input")
        }
        return try text(bytes, what: what)
    }

    static func text(_ bytes: [UInt8], what: String) throws -> String {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(
                "What was given for \(what) is no text in UTF-8.",
                remedy: "Save it as UTF-8, without a byte order mark.", kind: .configuration)
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw CommandFailure(
                "Nothing was given for \(what).", remedy: "Write it to standard input, or name its file.",
                kind: .configuration)
        }
        return text
    }

    private static func content(of file: String) throws -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(file, errno) }
        defer { close(descriptor) }
        return try whole(descriptor, name: file)
    }

    private static func whole(_ descriptor: Int32, name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(name, errno) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= bytesLimit else {
                throw CommandFailure(
                    "There is more in \(name) than a secret can hold (\(bytesLimit >> 10) KiB).",
                    remedy: "Check that it is the right file.", kind: .configuration)
            }
        }
    }

    /// One line of a terminal that does not show it; Ctrl-C ends it, and the terminal is left as it was.
    static func typed(_ what: String, at terminal: Int32, prompts: Int32) throws -> [UInt8] {
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { throw unreadable("the terminal", errno) }
        var silent = settings
        // A signal would end the program before it can show letters again: the keys are read as bytes instead.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        let interrupt = withUnsafeBytes(of: settings.c_cc) { $0[Int(VINTR)] }
        withUnsafeMutableBytes(of: &silent.c_cc) { $0[Int(VEOL)] = interrupt }
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer {
            tcsetattr(terminal, TCSAFLUSH, &settings)
            prompt("\n", prompts)
        }
        prompt("\(what): ", prompts)
        var line = [UInt8](repeating: 0, count: 4_096)
        var count = Glibc.read(terminal, &line, line.count)
        while count < 0, errno == EINTR { count = Glibc.read(terminal, &line, line.count) }
        guard count >= 0 else { throw unreadable("the terminal", errno) }
        guard count == 0 || line[count - 1] != interrupt else {
            throw CommandFailure("Nothing was changed: the input was ended.")
        }
        return Array(line[..<count])
    }

    /// To standard error, so that standard output holds results alone.
    private static func prompt(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }

    private static func unreadable(_ name: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            "\(name) cannot be read: \(SystemError.words(for: code)).",
            remedy: "Correct its name, owner or mode.", kind: .configuration)
    }
}
