/// How large a document may be; more is an error before memory is spent on it.
package struct YAMLLimits: Hashable, Sendable {
    /// Bytes of the text.
    package var sizeBytes = 4 << 20
    /// Lists and mappings inside each other.
    package var depthLimit = 32
    /// Scalars, lists and mappings in all.
    package var nodeLimit = 200_000
    /// Bytes of the keys and positions that lead to one value: each value bears them.
    package var pathBytesLimit = 1_024

    /// 4 MiB, 32 levels, 200,000 nodes, 1,024 bytes of keys that lead to one.
    package init() {}
}
