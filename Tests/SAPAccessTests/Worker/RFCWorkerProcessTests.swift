import Foundation
import TestSupport
import Testing

@testable import SAPAccess

@Suite("The agent's end of a worker")
struct RFCWorkerProcessTests {
    /// Open files of this process; asking opens none.
    private static var descriptors: Set<Int32> { Set((3..<256).filter { fcntl($0, F_GETFD) >= 0 }) }

    @Test("A worker that does not end by itself is killed, and nothing is written to its closed pipe")
    func stubborn() async throws {
        let folder = try TemporaryFolder()
        let path: String = folder.file("other")
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        // In a process of its own, where nobody else opens a file meanwhile.
        await #expect(processExitsWith: .success) { [path = path as String] in
            // It never looks at its standard input.
            let process = try RFCWorkerProcess(
                ChildLaunch(executable: "/bin/sleep", arguments: ["1000"], environment: [:]))
            let before = Self.descriptors
            async let end = process.end()
            var closed: Set<Int32> = []
            // Without a timer, for which the system would open files.
            while closed.isEmpty {
                await Task.yield()
                closed = before.subtracting(Self.descriptors)
            }
            #expect(closed.count == 1)
            // Another file gets the number that the pipe had.
            let number = try #require(closed.first)
            #expect(dup2(open(path, O_WRONLY | O_CLOEXEC), number) == number)
            #expect(await end == "ended by signal 9")
        }
        #expect(FileManager.default.contents(atPath: path) == Data())
    }

    @Test("A thousand workers that come and go leave no open file and no thread behind")
    func leavesNothing() async {
        await #expect(processExitsWith: .success) {
            func cycle(_ count: Int) async throws {
                for _ in 0..<count {
                    let process = try RFCWorkerProcess(
                        ChildLaunch(executable: "/bin/true", arguments: [], environment: [:]))
                    _ = await process.exchange(.ping, what: "ping", within: .seconds(20))
                    await process.end()
                }
            }
            func threads() -> Int {
                (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
            }
            try await cycle(10)
            let (files, before) = (Self.descriptors, threads())
            try await cycle(990)
            #expect(Self.descriptors.subtracting(files).isEmpty)
            #expect(try await eventually { threads() <= before + 2 })
        }
    }
}

@Suite("A worker that lies")
struct LyingWorkerTests {
    /// `begun` of request 1, and the frames behind it, as `printf` writes them.
    private static let begun = #"\005\000\000\000\160\001\000\000\000"#
    private static let emptyPiece =
        #"\021\000\000\000\200\001\000\000\000\001\000\000\000"# + #"\000\000\000\000\000\000\000\000"#

    /// What a worker does in place of its work, and whether its nonsense is seen at once.
    private static let scripts: [(what: String, script: String, isSeen: Bool)] = [
        ("garbage", "printf 'garbage, garbage'; exec sleep 60", true),
        ("a frame of four gigabytes", #"printf '\377\377\377\377\203\001\000\000\000'; exec sleep 60"#, true),
        ("another request's answer", #"printf '\005\000\000\000\206\011\000\000\000'; exec sleep 60"#, true),
        ("the same word again and again", "while :; do printf '\(begun)'; done", true),
        ("a closed pipe", "exec 1>&-; exec sleep 60", true),
        ("an end", "exit 3", true),
        ("half a frame", #"printf '\377\000\000\000\203\001\000\000\000abc'; exec sleep 60"#, false),
        ("rows of nothing for ever", "while :; do printf '\(emptyPiece)'; done", false),
        ("silence, and a child that keeps the pipe open", "sleep 30 & exec sleep 60", false),
    ]

    @Test("costs one call and is gone, whatever it says instead of an answer", arguments: scripts)
    func lies(what: String, script: String, isSeen: Bool) async throws {
        let process = try RFCWorkerProcess(
            ChildLaunch(
                executable: "/bin/sh", arguments: ["-c", "head -c 9 >/dev/null; \(script)"],
                environment: ["PATH": "/usr/bin:/bin"]))
        let result = await process.exchange(.ping, what: "ping", within: .seconds(isSeen ? 600 : 1))
        guard case .failure(let failure) = result else {
            Issue.record("\(what) was taken for an answer")
            return
        }
        if isSeen {
            guard case .workerLost = failure.error else {
                Issue.record("\(failure.error)")
                return
            }
        } else {
            #expect(failure.error == .deadline(what: "ping"))
        }
        #expect(await process.end().contains(script == "exit 3" ? "status 3" : "signal 9"))
    }
}
