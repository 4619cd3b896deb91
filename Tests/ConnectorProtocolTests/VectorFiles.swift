import Foundation

/// What Protocol/Vectors holds of messages and records.
enum VectorFiles {
    struct Message: Decodable {
        var message, bytes: String
    }

    struct RecordVector: Decodable {
        var schemaBytes, data: String
    }

    static func messages() throws -> [Message] { try read("messages") }

    static func record() throws -> RecordVector { try read("records") }

    static func read<Content: Decodable>(_ name: String) throws -> Content {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Protocol/Vectors/version-1/\(name).json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Content.self, from: Data(contentsOf: file))
    }
}
