import Foundation
import FoundationNetworking

/// What can be done to the agent from outside, with its files and its children.
extension Chain {
    /// Process ids of the RFC workers that run now.
    package func rfcWorkers() throws -> [Int32] {
        guard let parent = agent.processIdentifier else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let process = Int32(name),
                let status = try? String(contentsOfFile: "/proc/\(name)/status", encoding: .utf8),
                status.contains("PPid:\t\(parent)\n"),
                let command = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8),
                command.contains("rfc-worker")
            else { return nil }
            return process
        }
    }

    /// Does what a person does who is told that the agent stopped logging on, and knows the password to be right.
    /// - Returns: whether the gate was closed.
    package func openClosedGate() async throws -> Bool {
        struct Status: Decodable {
            struct Gate: Decodable { let isClosed: Bool }
            let gates: [Gate]
        }
        let text = try await agentCommand(["status", "--json"])
        let status = try JSONDecoder().decode(Status.self, from: Data(text.utf8))
        guard status.gates.contains(where: \.isClosed) else { return false }
        try await agentCommand(["secrets", "retry"])
        return true
    }

    private static let spoolFiles = ["spool.db", "spool.db-wal", "spool.db-shm"]

    /// Deletes the spool of an agent that does not run.
    package func deleteSpool() throws {
        for name in Self.spoolFiles where FileManager.default.fileExists(atPath: folder.file(name)) {
            try FileManager.default.removeItem(atPath: folder.file(name))
        }
    }

    /// Copies the spool of an agent that does not run.
    package func copySpool() throws {
        for name in Self.spoolFiles {
            let copy = folder.file(name + ".copy")
            try? FileManager.default.removeItem(atPath: copy)
            guard FileManager.default.fileExists(atPath: folder.file(name)) else { continue }
            try FileManager.default.copyItem(atPath: folder.file(name), toPath: copy)
        }
    }

    /// Puts the copy in the place of the spool of an agent that does not run.
    package func restoreSpool() throws {
        try deleteSpool()
        for name in Self.spoolFiles where FileManager.default.fileExists(atPath: folder.file(name + ".copy"))
        {
            try FileManager.default.copyItem(
                atPath: folder.file(name + ".copy"), toPath: folder.file(name))
        }
    }
}

/// What anybody can do to the relay's public port.
extension Chain {
    /// Sends a form to an address.
    /// - Returns: the answer's status.
    package func post(
        to address: String, body: String, headers: [String: String] = [:],
    ) async throws -> Int {
        guard let url = URL(string: address) else { throw ChainError.overdue(what: "an address") }
        var request = URLRequest(url: url, timeoutInterval: 20)
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (_, response) = try await URLSession.shared.data(for: request)
        return (response as? HTTPURLResponse)?.statusCode ?? 0
    }
}
