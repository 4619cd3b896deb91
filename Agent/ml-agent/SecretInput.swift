import FoundationEssentials
import Glibc
import Programs

/// Reads what must not stand in the arguments.
enum SecretInput {
    /// The bytes of `file`, or of standard input for `-`; at a terminal one line, and nothing of it shows.
    static func read(_ file: String, prompt: String) throws -> [UInt8] {
        guard file == "-" else {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFailure(
                    "The file \(file) cannot be read.", remedy: "Correct its name, owner or mode.",
                    kind: .configuration)
            }
            return Array(data)
        }
        return isatty(STDIN_FILENO) == 1 ? typed(prompt) : piped()
    }

    private static func piped() -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < 1 << 20 {
            let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return bytes
    }

    private static func typed(_ prompt: String) -> [UInt8] {
        var settings = termios()
        let isKnown = tcgetattr(STDIN_FILENO, &settings) == 0
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        if isKnown { tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) }
        defer {
            if isKnown { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
            ByteOutput.prompt("\n")
        }
        ByteOutput.prompt(prompt)
        return Array((readLine() ?? "").utf8)
    }
}

/// Prompts go to standard error, so that standard output holds results alone.
private enum ByteOutput {
    static func prompt(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
