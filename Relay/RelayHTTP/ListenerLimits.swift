internal import NIOCore

/// What a listener gives to peers of whom nothing is known yet.
package struct ListenerLimits: Sendable {
    /// Connections at a time; further ones wait until one ends.
    let connections: Int
    /// Bytes of bodies that are held at a time, of all connections together.
    let bodyBytes: Int
    /// From the connection, TLS included, to the end of the first request's fields.
    let firstHead: TimeAmount
    /// From an answer to the end of the next request's fields.
    let nextHead: TimeAmount
    /// From a request's fields to the end of its body.
    let body: TimeAmount

    /// - Parameters:
    ///   - connections: at least one.
    ///   - bodyBytes: at least one whole body.
    package init(
        connections: Int, bodyBytes: Int, firstHead: Duration = .seconds(15),
        nextHead: Duration = .seconds(60), body: Duration,
    ) {
        self.connections = connections
        self.bodyBytes = bodyBytes
        self.firstHead = TimeAmount(firstHead)
        self.nextHead = TimeAmount(nextHead)
        self.body = TimeAmount(body)
    }

    /// For agents: one or two connections each, and 4 MiB over a slow line; an agent gives up after 90 s by itself.
    package static let agents = ListenerLimits(connections: 4_096, bodyBytes: 256 << 20, body: .seconds(120))
    /// For providers, whose requests are small and whose lines are good.
    package static let webhooks = ListenerLimits(connections: 4_096, bodyBytes: 64 << 20, body: .seconds(30))
}
