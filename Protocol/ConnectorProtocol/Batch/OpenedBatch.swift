internal import Compression
package import Cryptography

/// A batch as it was received, taken apart within bounds and held against its manifest.
///
/// What an event or a schema *says* is not looked at: it is stored as it came, and judged later.
package struct OpenedBatch: Sendable {
    /// One event with what its leaf was made of.
    package struct SealedEvent: Hashable, Sendable {
        /// 16 bytes.
        package let salt: [UInt8]
        /// The event as it travels.
        package let bytes: [UInt8]
        /// SHA-256 of salt and bytes, as the manifest has it.
        package let leaf: Digest32
    }

    /// One schema as it travels.
    package struct SealedSchema: Hashable, Sendable {
        package let bytes: [UInt8]
        /// SHA-256 of `bytes`, as the manifest has it.
        package let digest: Digest32
    }

    /// The manifest, and the bytes that its digest is made of.
    package let manifest: Manifest
    package let manifestBytes: [UInt8]
    /// SHA-256 of `manifestBytes`.
    package let digest: Digest32
    package let schemas: [SealedSchema]
    /// In the manifest's order.
    package let events: [SealedEvent]

    /// Unpacks a body and checks every digest of its manifest.
    /// - Parameters:
    ///   - body: the HTTP body, one gzip member, already bounded by `ProtocolLimits.packedBytesLimit`.
    ///   - manifestDigest: what the request's `Manifest-Digest` says.
    /// - Throws: `notOneGzipMember`, `tooLarge`, `digestMismatch`, `malformed`, `unsupportedVersion`.
    package init(body: [UInt8], manifestDigest: Digest32) throws(ProtocolError) {
        var reader = BodyReader(try OpenedBatch.unpack(body))
        manifestBytes = try reader.part("manifest", limit: ProtocolLimits.unpackedBytesLimit)
        digest = SHA256.hash(manifestBytes)
        guard digest == manifestDigest else { throw .digestMismatch(what: "The manifest") }
        manifest = try Manifest(bytes: manifestBytes)
        guard manifest.leaves.count <= ProtocolLimits.eventCountLimit else {
            throw .tooLarge(what: "count of events", limit: ProtocolLimits.eventCountLimit)
        }
        var schemas: [SealedSchema] = []
        for expected in manifest.schemas {
            let bytes = try reader.part("schema", limit: ProtocolLimits.schemaBytesLimit)
            guard SHA256.hash(bytes) == expected else { throw .digestMismatch(what: "A schema") }
            schemas.append(SealedSchema(bytes: bytes, digest: expected))
        }
        var events: [SealedEvent] = []
        events.reserveCapacity(manifest.leaves.count)
        for expected in manifest.leaves {
            let salt = try reader.part("salt", limit: ProtocolLimits.saltBytes)
            guard salt.count == ProtocolLimits.saltBytes else { throw .malformed("body: salt") }
            let bytes = try reader.part("event", limit: ProtocolLimits.eventBytesLimit)
            guard SHA256.hash(parts: [salt, bytes]) == expected else {
                throw .digestMismatch(what: "An event")
            }
            events.append(SealedEvent(salt: salt, bytes: bytes, leaf: expected))
        }
        guard reader.isAtEnd else { throw .malformed("body: more than its manifest names") }
        self.schemas = schemas
        self.events = events
    }

    private static func unpack(_ body: [UInt8]) throws(ProtocolError) -> [UInt8] {
        do {
            return try Gzip.decompress(body, limit: ProtocolLimits.unpackedBytesLimit)
        } catch {
            switch error {
            case .overLimit: throw .tooLarge(what: "batch", limit: ProtocolLimits.unpackedBytesLimit)
            default: throw .notOneGzipMember
            }
        }
    }
}
