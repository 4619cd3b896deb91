package import Foundation
import FoundationNetworking

/// The HTTP control port of a stand-in: start of the day, faults, clock, summaries.
package struct ControlPort: Sendable {
    private let base: String

    /// - Parameter port: on loopback, as the stand-in's ready line told.
    package init(port: Int) { base = "http://127.0.0.1:\(port)" }

    /// Reads `path` as a JSON object.
    /// - Throws: `ChainError.controlRefused` when the answer is no 2xx.
    package func get(_ path: String) async throws -> Data { try await send("GET", path, nil) }

    /// Sends `json` (text of a JSON document) to `path`.
    /// - Throws: `ChainError.controlRefused` when the answer is no 2xx.
    @discardableResult
    package func post(_ path: String, _ json: String) async throws -> Data {
        try await send("POST", path, json)
    }

    /// Puts `json` in the place of what stands at `path`.
    package func put(_ path: String, _ json: String) async throws { _ = try await send("PUT", path, json) }

    /// Deletes what stands at `path`.
    package func delete(_ path: String) async throws { _ = try await send("DELETE", path, nil) }

    private func send(_ method: String, _ path: String, _ json: String?) async throws -> Data {
        guard let url = URL(string: base + path) else {
            throw ChainError.controlRefused(path: path, status: 0, body: "not a path")
        }
        var request = URLRequest(url: url, timeoutInterval: 20)
        request.httpMethod = method
        if let json {
            request.httpBody = Data(json.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            throw ChainError.controlRefused(
                path: path, status: status, body: String(decoding: data.prefix(500), as: UTF8.self))
        }
        return data
    }
}
