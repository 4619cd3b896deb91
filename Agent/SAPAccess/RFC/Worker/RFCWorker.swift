import CSAPNWRFC
import Glibc

/// The process that SAP's library runs in: body of the hidden command `ml-agent rfc-worker` (DESIGN 4.4).
///
/// Whatever the library does to its process (it crashes, leaks, prints, ends it) costs one call and nothing else.
package enum RFCWorker {
    /// Serves the agent at standard input and output until it closes them.
    ///
    /// Takes the descriptors for itself and gives the library standard error instead of standard output, before
    /// the library is loaded. Ends with the thread that started it (parent-death signal), whatever it is doing.
    /// - Returns: the process's exit status.
    package static func run() -> Int32 {
        // First of all: from here on the process cannot outlive the pool, whatever happens next. A pool that
        // ended before this line is seen as the end of standard input.
        _ = ml_rfc_die_with_parent()
        // The agent ends its workers by closing the pipe. A terminal's Ctrl-C, or a service manager's signal to
        // all processes of a unit, must not take a call from an agent that is ending in good order.
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
        // A core of this process would hold the password.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // SAP's library converts numbers by the C locale's radix.
        unsafe setlocale(LC_NUMERIC, "C")
        guard let (input, output) = privateDescriptors() else { return EX_OSERR }
        return RFCWorkerService(
            input: PipeEnd(takingOwnership: input), output: PipeEnd(takingOwnership: output)
        ).serve()
    }

    /// Copies of descriptors 0 and 1 that nothing else knows; 0 reads nothing afterwards, and 1 is standard error.
    private static func privateDescriptors() -> (Int32, Int32)? {
        let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0, output >= 0, null >= 0, dup2(null, STDIN_FILENO) >= 0,
            dup2(STDERR_FILENO, STDOUT_FILENO) >= 0
        else { return nil }
        _ = close(null)
        return (input, output)
    }
}
