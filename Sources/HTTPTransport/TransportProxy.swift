/// How requests leave this network.
package enum TransportProxy: Sendable, Hashable {
    /// Directly; the environment's proxy variables are not looked at.
    case none
    /// Through a proxy: `http://host:port`, CONNECT for https. `credentials` is `user:password`; Basic, Digest,
    /// NTLM and Negotiate are taken as the proxy asks.
    case url(String, credentials: String?)
}
