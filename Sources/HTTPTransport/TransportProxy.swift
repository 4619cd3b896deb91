/// How requests leave this network.
package enum TransportProxy: Sendable, Hashable {
    /// Directly; the environment's proxy variables are not looked at.
    case none
    /// Through a proxy: `http://host:port`, CONNECT for https. `credentials` is `user:password`; Basic, Digest,
    /// NTLM and Negotiate are taken as the proxy asks.
    case url(String, credentials: String?)
}

/// Never with its credentials, also inside of what holds it: a log at debug level prints whole services.
extension TransportProxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .none: "no proxy"
        case .url(let address, let credentials): credentials == nil ? address : "\(address) <redacted>"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
