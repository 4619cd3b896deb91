import CSAPNWRFC
import Glibc

/// How a worker's program is started.
struct ChildLaunch: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String]
}

/// A child of this process, to be reaped once by who started it.
struct ChildProcess: Sendable {
    let id: pid_t

    /// Starts a program with `input` and `output` as its standard input and output; standard error stays ours.
    ///
    /// Nothing else of our open files reaches it, and no signal is blocked or ignored there that we block or
    /// ignore here. Its parent, for the parent-death signal, is the calling thread.
    static func start(
        _ launch: ChildLaunch, input: Int32, output: Int32,
    ) throws(FrameError) -> ChildProcess {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe ml_rfc_spawn_closing_from(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var id: pid_t = 0
        let variables = launch.environment.map { "\($0.key)=\($0.value)" }
        let code = unsafe withCStrings([launch.executable] + launch.arguments) { arguments in
            unsafe withCStrings(variables) { environment in
                unsafe posix_spawn(&id, launch.executable, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw .system(code) }
        return ChildProcess(id: id)
    }

    func kill() { _ = Glibc.kill(id, SIGKILL) }

    /// Waits for its end.
    ///
    /// Blocks; to be called once. - Returns: how it ended, in words.
    func reap() -> String {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        // WIFSIGNALED, WTERMSIG and WEXITSTATUS, which are macros.
        let signal = status & 0x7F
        return signal != 0 ? "ended by signal \(signal)" : "ended with status \(status >> 8 & 0xFF)"
    }
}

/// Lends texts as a C array of C strings with NULL behind the last.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result,
) -> Result {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes += text.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        var pointers = unsafe starts.map { start in unsafe buffer.baseAddress.map { unsafe $0 + start } }
        unsafe pointers.append(nil)
        return unsafe pointers.withUnsafeMutableBufferPointer { list in
            guard let base = unsafe UnsafePointer(list.baseAddress) else {
                preconditionFailure("the list holds a NULL at least")
            }
            return unsafe body(base)
        }
    }
}
