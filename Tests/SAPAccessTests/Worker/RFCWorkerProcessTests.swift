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
}
