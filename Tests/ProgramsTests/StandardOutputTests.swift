import Foundation
import Glibc
import Programs
import Synchronization
import TestSupport
import Testing

@Suite("What goes to standard output")
struct StandardOutputTests {
    @Test("A pipe that another program has made non-blocking gets every byte")
    func nonBlocking() async {
        // In a process of its own, whose standard output may be taken away.
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
            #expect(dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO)
            let source = ends[0]
            let received = Mutex(0)
            let count = 1 << 20
            Thread.detachNewThread {
                var piece = [UInt8](repeating: 0, count: 4096)
                while received.withLock({ $0 }) <= count {
                    let read = Glibc.read(source, &piece, piece.count)
                    if read <= 0 { return }
                    received.withLock { $0 += read }
                }
            }
            StandardOutput.writeLine(String(repeating: "x", count: count))
            let isWhole = try await eventually { received.withLock { $0 } == count + 1 }
            #expect(isWhole)
        }
    }

    @Test("Text from outside stays on its line, and says nothing to the terminal")
    func oneLine() {
        #expect("a\nb\r\u{1B}]0;x\u{7}c\u{9B}2J\u{2028}é".onOneLine == "a b  ]0;x c 2J é")
    }
}
