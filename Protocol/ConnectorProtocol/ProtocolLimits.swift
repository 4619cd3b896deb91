/// The sizes that both sides hold each other to (DESIGN.md section 9).
package enum ProtocolLimits {
    /// Events of one batch.
    package static let eventCountLimit = 1_000
    /// Everything of a batch's body behind gzip: manifest, schemas, salts, events and their lengths.
    package static let unpackedBytesLimit = 4 << 20
    /// The gzip member itself.
    ///
    /// Incompressible bytes grow a little, so it is above `unpackedBytesLimit`.
    package static let packedBytesLimit = (4 << 20) + (64 << 10)
    /// One event as it travels.
    package static let eventBytesLimit = 1 << 20
    /// One schema as it travels.
    package static let schemaBytesLimit = 64 << 10
    /// Body of a sync request.
    package static let syncBytesLimit = 1 << 20
    /// Body of a sync answer, which brings a page of the lists.
    package static let syncAnswerBytesLimit = 16 << 20
    /// Keys of each list of a sync answer, and requests to read.
    package static let listCountLimit = 100_000
    /// Feeds of a status, closed gates and commands of one message.
    package static let sectionCountLimit = 256
    /// A lease token.
    package static let tokenBytesLimit = 64
    /// A name (host, feed, system, version) or a key, as UTF-8.
    package static let nameBytesLimit = 255
    /// A sentence of a status, as UTF-8.
    package static let sentenceBytesLimit = 2_000
    /// Arguments of a command.
    package static let commandBytesLimit = 64 << 10
    /// Body of a pairing request.
    package static let pairingBytesLimit = 16 << 10
    /// Salt of a leaf.
    package static let saltBytes = 16
    /// Lineages that one request may ask about.
    package static let lineageCountLimit = 16
    /// How far a signature's `created` may lie from the relay's clock, either way.
    package static let signatureWindow = Duration.seconds(600)
    /// How long a sync may wait for news.
    package static let longestWait = Duration.seconds(25)
    /// How long a pairing token is good.
    package static let tokenLife = Duration.seconds(3_600)
    /// Wrong proofs that end a token.
    package static let wrongProofLimit = 5
    /// How long a granted lease lasts.
    package static let leaseLife = Duration.seconds(45)
}
