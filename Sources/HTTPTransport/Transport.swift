/// Whatever sends a request and brings its answer; `HTTPClient`, or a stand-in in tests.
package protocol Transport: Sendable {
    /// Sends once.
    /// - Returns: the answer, whatever its status.
    /// - Throws: `TransportError` when there is no whole answer. A cancelled task ends the request, unless
    ///   the request says otherwise.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse
}
