/// How large a document may be; more is an error before memory is spent on it.
package struct YAMLLimits: Hashable, Sendable {
    /// Bytes of the text.
    package var sizeBytes = 4 << 20
    /// Lists and mappings inside each other.
    package var depthLimit = 32
    /// Scalars, lists and mappings in all.
    package var nodeLimit = 200_000

    /// 4 MiB, 32 levels, 200,000 nodes.
    package init() {}
}
