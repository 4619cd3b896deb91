import Glibc

/// What `body` takes of the processor on this thread, however busy the machine is.
///
/// For tests that something ends at all where it once took minutes; `body` must not suspend.
package func threadTime(_ body: () throws -> Void) rethrows -> Duration {
    let start = threadClock()
    try body()
    return threadClock() - start
}

private func threadClock() -> Duration {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
}
