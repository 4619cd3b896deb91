import Glibc
import Hummingbird
import NIOCore
import Synchronization

/// One request with its connection, which some faults cut.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Ends the connection without an answer.
    /// - Parameter resetting: with a TCP reset and not the ordinary end.
    func cut(resetting: Bool) async throws {
        if resetting, let socket = channel as? any SocketOptionProvider {
            // No lingering means that the kernel forgets the connection and tells the peer so.
            try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close(mode: .all).get()
    }
}

/// Knows which connections have served a request before.
final class ConnectionLog: Sendable {
    private let seen = Mutex<Set<ObjectIdentifier>>([])

    /// Sets down a request on a connection.
    /// - Returns: whether it is not the first one there.
    func isReused(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        guard seen.withLock({ $0.insert(key).inserted }) else { return true }
        channel.closeFuture.whenComplete { [weak self] _ in self?.forget(key) }
        return false
    }

    private func forget(_ key: ObjectIdentifier) { seen.withLock { _ = $0.remove(key) } }
}
