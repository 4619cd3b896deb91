import Foundation
import TestSupport
import Testing

@testable import SAPAccess

@Suite("Log and trace files of SAP's library")
struct TraceFolderTests {
    @Test("The oldest go first until the rest is within the limit, and nobody else's go at all")
    func pruning() throws {
        let folder = try TemporaryFolder()
        let names = ["rfc1_2.trc", "notes.txt", "dev_rfc.log", "dev_rfc.trc", "rfc3_4.trc", "rfc.yaml"]
        for (age, name) in names.enumerated() {
            let path = folder.file(name)
            try Data(repeating: 0, count: 100).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000 - Double(age))], ofItemAtPath: path)
        }
        TraceFolder.prune(folder.path, limitBytes: 250)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(left == ["dev_rfc.log", "notes.txt", "rfc.yaml", "rfc1_2.trc"])
    }

    @Test("A folder that is not there is nothing to prune")
    func missing() throws {
        TraceFolder.prune(try TemporaryFolder().file("nothing"))
    }
}
