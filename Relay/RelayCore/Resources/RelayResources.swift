internal import CRelayResources
package import SQLStore

/// The files that the relay carries in its binary (Relay/Resources).
package enum RelayResources {
    /// The bytes of the file at `path` below Relay/Resources; nil where there is none.
    package static func bytes(_ path: String) -> [UInt8]? {
        all.first { $0.path == path }?.bytes
    }

    /// The steps of the SQLite schema, in order.
    package static func sqliteMigrations() -> [Migration] {
        all.compactMap { file in
            let folder = "Migrations/SQLite/"
            guard file.path.hasPrefix(folder) else { return nil }
            return Migration(
                fileName: String(file.path.dropFirst(folder.count)),
                sql: String(decoding: file.bytes, as: UTF8.self))
        }
    }

    private static var all: [(path: String, bytes: [UInt8])] {
        (0..<ml_relay_resource_count()).compactMap { index in
            guard let file = ml_relay_resource_at(index)?.pointee, let path = file.path else { return nil }
            let bytes = UnsafeBufferPointer(start: file.bytes, count: file.length)
            return (String(cString: path), [UInt8](bytes))
        }
    }
}
