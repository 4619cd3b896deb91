import Synchronization

/// The one HTTP client: libcurl's multi interface on a thread of its own, with kept connections.
///
/// Every connection resets instead of lingering when it is closed, so that what the client gave up is not sent
/// by the kernel later (facts/send.md F8). Closing the client ends what is under way as `cancelled`.
package final class HTTPClient: Transport {
    private let engine: TransferEngine
    private let nextNumber = Atomic<UInt64>(1)

    /// Starts the client's thread.
    /// - Parameter userAgent: sent with every request that does not bring its own.
    package init(userAgent: String = "ml-connector") {
        engine = TransferEngine(userAgent: userAgent)
        engine.start()
    }

    deinit { engine.stop() }

    /// Ends everything under way and the thread; later requests fail as `cancelled`.
    package func close() { engine.stop() }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        if !request.idempotent, request.body?.isEmpty ?? true {
            throw TransportError(
                kind: .malformedRequest, departure: .notLeft,
                detail: "a request that is sent once needs a body")
        }
        let number = nextNumber.add(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                engine.submit(Transfer(number: number, request: request, continuation: continuation))
            }
        } onCancel: {
            if request.endsWithTask { engine.cancel(number) }
        }
        return try result.get()
    }
}
