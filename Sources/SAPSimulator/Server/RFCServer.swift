import NIOCore
import NIOPosix

/// Serves the stand-in's RFC port: one connection, one session, one call at a time.
package struct RFCServer: Sendable {
    private typealias Wire = NIOAsyncChannel<RFCFrame, RFCFrame>

    private let system: ECCSystem
    private let port: Int
    private let listening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for one that the kernel gives.
    ///   - listening: called once with the port in use.
    package init(system: ECCSystem, port: Int, listening: @escaping @Sendable (Int) async -> Void) {
        self.system = system
        self.port = port
        self.listening = listening
    }

    /// Serves until the task is cancelled.
    package func run() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(RFCFrameDecoder()))
                    try channel.pipeline.syncOperations.addHandler(MessageToByteHandler(RFCFrameEncoder()))
                    return try Wire(wrappingChannelSynchronously: channel)
                }
            }
        await listening(server.channel.localAddress?.port ?? 0)
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { await serve(connection) }
                }
            }
        }
    }

    /// A client that goes away in the middle of a call ends that call.
    private func serve(_ connection: Wire) async {
        let (frames, feed) = AsyncStream.makeStream(of: RFCFrame.self)
        try? await connection.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    defer { feed.finish() }
                    for try await frame in inbound { feed.yield(frame) }
                }
                group.addTask {
                    var talk = RFCConversation(system: system)
                    for await frame in frames {
                        let (answer, goesOn) = await talk.answer(frame)
                        if let answer { try await outbound.write(answer) }
                        if !goesOn { break }
                    }
                    outbound.finish()
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}
