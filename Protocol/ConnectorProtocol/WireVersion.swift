/// The one number that says which protocol two sides speak.
///
/// History (newest first; every version keeps its vectors in Protocol/Vectors for ever):
/// - 1 (November 2026): events with identity scheme 1, batches with salted leaves, lineages and lanes, claims
///   per stream and tier, RFC 9421 signatures, sync with lease tokens, pairing by mutual proof.
package enum WireVersion {
    /// What this build writes and understands.
    package static let current: UInt32 = 1
}
