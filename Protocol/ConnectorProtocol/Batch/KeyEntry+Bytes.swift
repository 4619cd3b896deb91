extension KeyEntry {
    /// Reads an entry that was stored by its ``bytes``.
    /// - Throws: `malformed`.
    package init(bytes: [UInt8]) throws(ProtocolError) { try self.init(wire: decodeWire(bytes, "key entry")) }

    /// The entry as it travels, and as the relay keeps it to hand it out with a lease.
    package var bytes: [UInt8] { encodeWire(wire) }
}
