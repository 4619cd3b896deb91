/// When workers come and go (DESIGN 4.4 and section 9).
package struct WorkerPoolLimits: Hashable, Sendable {
    /// A worker that is older than this ends before its next call.
    package var age: Duration = .seconds(3600)
    /// A worker that has served as many calls ends.
    package var calls = 10_000
    /// A worker whose resident memory is greater ends after its call.
    package var memoryBytes = 256 << 20
    /// All workers but one end after having had nothing to do for as long.
    package var idle: Duration = .seconds(60)
    /// A connection that nobody used for as long is pinged before it is used: SAP may have closed it.
    package var pingAfter: Duration = .seconds(30)
    /// How long a caller waits for a worker.
    package var patience: Duration = .seconds(60)
    /// How soon a place in the budget is asked for again that was not free.
    package var placeRetry: Duration = .milliseconds(500)
    /// After a start that failed callers hear its error at once for this long, doubled with each further failure
    /// in a row.
    package var backOff: Duration = .seconds(1)
    package var longestBackOff: Duration = .seconds(30)

    package init() {}
}
