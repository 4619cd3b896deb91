import Programs
import TestSupport
import Testing

@Suite("The lock of a running program")
struct RunLockTests {
    @Test("One process has it at a time, and who waits for it may try again")
    func one() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("spool.db")
        var first: RunLock? = try RunLock(beside: path)
        let refusal = #expect(throws: RunLockRefusal.held(path: path)) { _ = try RunLock(beside: path) }
        // systemd does not start again what ends with 78: a lock that is held passes by itself.
        #expect(refusal.map { FailureReport($0).status } == .transient)
        let other = try RunLock(beside: folder.file("other.db"))
        withExtendedLifetime((first, other)) {}
        first = nil
        withExtendedLifetime(try RunLock(beside: path)) {}
    }

    @Test("Whether it is held can be asked without being in anybody's way")
    func asked() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("spool.db")
        #expect(RunLock.isHeld(beside: path) == false)
        var lock: RunLock? = try RunLock(beside: path)
        #expect(RunLock.isHeld(beside: path) == true)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(RunLock.isHeld(beside: path) == false)
    }

    @Test("A folder that is not there is told with its path and the system's word")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        let refusal = #expect(throws: RunLockRefusal.self) {
            _ = try RunLock(beside: folder.file("none/spool.db"))
        }
        let file = folder.file("none/spool.db.run")
        #expect(refusal?.sentence == "\(file) cannot be made or locked: No such file or directory.")
        #expect(refusal?.kind == .configuration)
    }
}
