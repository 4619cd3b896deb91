/// One node of a YAML document: what it holds, where it stands, and by which keys it is reached.
package struct YAMLNode: Hashable, Sendable {
    /// A value that is neither list nor mapping, as it was written.
    package struct Scalar: Hashable, Sendable {
        /// The text after quotes and escapes are resolved; `no`, `1e3` and `007` stay the texts they are.
        package let text: String
        /// Whether it stood in quotes or as a block (`|`, `>`), and so can only be text.
        package let isQuoted: Bool
    }

    /// One key of a mapping with its value.
    package struct Entry: Hashable, Sendable {
        /// The key.
        package let key: String
        /// Where the key stands.
        package let place: YAMLPlace
        /// The value.
        package let value: YAMLNode

        /// An entry put together from parts of others, which keep their places.
        package init(key: String, place: YAMLPlace, value: YAMLNode) {
            self.key = key
            self.place = place
            self.value = value
        }
    }

    /// What a node holds.
    package indirect enum Content: Hashable, Sendable {
        case scalar(Scalar)
        case sequence([YAMLNode])
        /// In the order of the file; keys are unique.
        case mapping([Entry])
    }

    /// What it holds.
    package let content: Content
    /// Where it begins.
    package let place: YAMLPlace
    /// Keys and positions from the root, `sources.ecc.feeds[2]`; empty for the root.
    package let path: String

    /// A node put together from parts of others, which keep their places.
    package init(content: Content, place: YAMLPlace, path: String) {
        self.content = content
        self.place = place
        self.path = path
    }

    /// Whether nothing was written here, or a plain `null` or `~`.
    package var isNull: Bool {
        guard case .scalar(let scalar) = content, !scalar.isQuoted else { return false }
        return scalar.text.isEmpty || scalar.text == "null" || scalar.text == "~"
    }

    /// An error at this node that names it: `poll_interval: a duration is expected (60s, 15m, 2h), not "soon"`.
    package func error(_ problem: String) -> YAMLError {
        place.error(path.isEmpty ? problem : "\(path): \(problem)")
    }

    /// The error for a node that does not have the expected form.
    package func expected(_ form: String) -> YAMLError {
        switch content {
        case .scalar where isNull: error("\(form) is expected, but nothing is there")
        case .scalar(let scalar): error("\(form) is expected, not \"\(scalar.text.prefix(60))\"")
        case .sequence: error("\(form) is expected, not a list")
        case .mapping: error("\(form) is expected, not a mapping")
        }
    }
}
