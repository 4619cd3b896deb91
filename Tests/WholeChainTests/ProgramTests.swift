import Foundation
import Glibc
import TestSupport
import Testing

@testable import WholeChain

@Suite("A program as a child process")
struct ProgramTests {
    private func shell(_ script: String, _ folder: TemporaryFolder, saysReady: Bool = true) -> Program {
        Program(
            name: "shell", executable: "/bin/sh", arguments: ["-c", script],
            logFile: folder.file("shell.log"), saysReady: saysReady)
    }

    private func serving<Value: Sendable>(
        _ program: Program, _ body: @escaping @Sendable () async throws -> Value,
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await program.serve()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    @Test("is ready when it says so, can be killed and started again")
    func restarts() async throws {
        let folder = try TemporaryFolder()
        let program = shell(#"echo '{"ready":true,"api":8080}'; sleep 3600"#, folder)
        let (first, second) = try await serving(program) {
            let ready = try await program.start()
            #expect(ready["api"] == 8080)
            let first = program.processIdentifier
            try await program.kill()
            #expect(!program.isRunning)
            try await program.start()
            let second = program.processIdentifier
            try await program.terminate()
            return (first, second)
        }
        #expect(first != nil)
        #expect(first != second)
    }

    @Test("Ctrl-C on a terminal reaches a program with its driver, unless the driver takes it upon itself")
    func groups() async throws {
        let folder = try TemporaryFolder()
        for hasOwnGroup in [false, true] {
            let program = Program(
                name: "shell", executable: "/bin/sh", arguments: ["-c", "sleep 3600"],
                logFile: folder.file("shell.log"), saysReady: false, hasOwnGroup: hasOwnGroup)
            let group = try await serving(program) {
                try await program.start()
                let group = program.processIdentifier.map { getpgid($0) }
                try await program.kill()
                return group
            }
            #expect((group == getpgrp()) == !hasOwnGroup)
            let text = try await Command.run(
                "/bin/sh", ["-c", "cut -d ' ' -f 5 /proc/self/stat"], hasOwnGroup: hasOwnGroup)
            #expect((text == "\(getpgrp())\n") == !hasOwnGroup)
        }
    }

    @Test("a reserved port is given to nobody else, and a program can listen there, again and again")
    func ports() throws {
        let ports = try ReservedPorts(3)
        #expect(Set(ports.numbers).count == 3)
        for _ in 0..<2 {
            #expect(Self.listen(on: ports.numbers[0], isReusable: false) == EADDRINUSE)
            #expect(Self.listen(on: ports.numbers[0], isReusable: true) == 0)
        }
    }

    /// - Returns: 0, or why it cannot be listened there; it is listened no more.
    private static func listen(on port: Int, isReusable: Bool) -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var reuse: Int32 = isReusable ? 1 : 0
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    && Glibc.listen(socket, 1) == 0
            }
        }
        return isBound ? 0 : errno
    }

    @Test("a folder with something in it is not taken for a new chain, and one that cannot be made is named")
    func folders() throws {
        let folder = try TemporaryFolder()
        let chain = try ChainFolder(path: folder.file("new"))
        try chain.write("x", to: "relay.yaml")
        #expect(throws: ChainError.folderInUse(path: chain.path)) { try ChainFolder(path: chain.path) }
        let below = chain.file("relay.yaml/below")
        #expect(throws: ChainError.unwritable(path: below)) { try ChainFolder(path: below) }
    }

    @Test("says how it ended, with the last lines of its log, when it never becomes ready")
    func neverReady() async throws {
        let folder = try TemporaryFolder()
        let program = shell("echo 'no such file' >&2; exit 3", folder)
        let error = await #expect(throws: ChainError.self) {
            try await serving(program) { _ = try await program.start() }
        }
        guard case .notReady(_, let ended, let log) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(ended?.contains("3") == true)
        #expect(log.contains("no such file"))
    }

    @Test("a command's failure carries what it wrote to standard error")
    func commands() async throws {
        #expect(try await Command.run("/bin/cat", [], input: "secret") == "secret")
        let error = await #expect(throws: ChainError.self) {
            try await Command.run("/bin/sh", ["-c", "echo wrong >&2; exit 78"])
        }
        #expect("\(String(describing: error))".contains("wrong"))
    }
}
