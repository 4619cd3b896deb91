internal import CAgentResources

/// The files that the agent carries in its binary: migrations of the spool and built-in feeds.
package enum AgentResource {
    /// The texts of all files below `folder` (`Migrations`, `Feeds`), by file name, in order of path.
    package static func texts(in folder: String) -> [(name: String, text: String)] {
        var found: [(name: String, text: String)] = []
        for index in 0..<ml_agent_resource_count() {
            guard let resource = ml_agent_resource_at(index)?.pointee else { continue }
            let path = String(cString: resource.path)
            guard path.hasPrefix(folder + "/") else { continue }
            let bytes = UnsafeBufferPointer(start: resource.bytes, count: resource.length)
            found.append((String(path.dropFirst(folder.count + 1)), String(decoding: bytes, as: UTF8.self)))
        }
        return found
    }
}
