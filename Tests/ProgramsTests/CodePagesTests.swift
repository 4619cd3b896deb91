import Testing

@testable import Programs

@Suite("Code pages")
struct CodePagesTests {
    @Test("Only code of files is let go of: no data, no file that was written to, nothing without a file")
    func mappings() {
        let maps = """
            55bc9b8b5000-55bc9cbe4000 r-xp 00000000 fe:00 5335479    /usr/bin/ml-agent
            55bc9cbe4000-55bc9cc62000 r--p 0132e000 fe:00 5335479    /usr/bin/ml-agent
            55bc9cc62000-55bc9ceac000 rw-p 013ac000 fe:00 5335479    /usr/bin/ml-agent
            7f0000000000-7f0000001000 r-xp 00000000 fe:00 77         /usr/lib/with a blank.so
            7f0000001000-7f0000002000 rwxp 00000000 fe:00 78         /usr/lib/written.so
            7f0000002000-7f0000003000 r-xs 00000000 fe:00 79         /usr/lib/shared.so
            7f0000003000-7f0000004000 r-xp 00000000 00:00 0
            7ffd0b5d6000-7ffd0b5d8000 r-xp 00000000 00:00 0          [vdso]
            nonsense
            """
        #expect(
            CodePages.executableFiles(in: maps) == [
                0x55bc_9b8b_5000..<0x55bc_9cbe_4000, 0x7f00_0000_0000..<0x7f00_0000_1000,
            ])
    }

    @Test("A process that lets go of its code runs on")
    func runsOn() {
        for _ in 0..<3 { CodePages.release() }
        #expect(FailureKind.allCases.map { ExitStatus($0).rawValue } == [75, 1, 78, 67, 3])
    }
}
