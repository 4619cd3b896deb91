import Foundation
import SAPAccess
import TestSupport
import Testing

@Suite("Loading SAP's library")
struct LibraryTests {
    /// The stand-in for SAP's library, loaded as a file, like SAP's own.
    private func loadStandIn() throws -> RFCLibrary {
        try Program.requireAll()
        return try RFCLibrary(
            loading: RFCLibraryLocation(path: Program.library, traceFolder: Program.traces.get()))
    }

    private func problem(_ path: String) -> SAPAccessError.LibraryProblem? {
        do {
            _ = try RFCLibrary(
                loading: RFCLibraryLocation(path: path, traceFolder: try? Program.traces.get()))
            return nil
        } catch {
            guard case .library(let place, let problem) = error, place == path else { return nil }
            return problem
        }
    }

    @Test("A path without a file is named as not found")
    func notFound() throws {
        let folder = try TemporaryFolder()
        #expect(problem(folder.file("libsapnwrfc.so")) == .notFound)
    }

    @Test("A file that is no library is refused with the loader's reason")
    func notALibrary() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("libsapnwrfc.so")
        try "text".write(toFile: path, atomically: true, encoding: .utf8)
        guard case .notLoadable(let reason) = problem(path) else {
            Issue.record("loaded a text file")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("Another library is refused with the name of the first symbol that it lacks")
    func missingSymbol() throws {
        // Any library that this process has mapped will do, so long as it is not SAP's.
        #expect(problem(try otherLibrary()) == .missingSymbol("RfcGetVersion"))
    }

    /// A library that this process has mapped, and that has nothing to do with SAP.
    private func otherLibrary() throws -> String {
        let line = try #require(
            try mapped().split(separator: "\n").first { $0.contains("/libm.so") || $0.contains("/libm-") })
        return try #require(line.split(separator: " ").last.map(String.init))
    }

    private func mapped() throws -> String {
        let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        return String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
    }

    @Test("A part of the ICU files beside the library is refused, since the library would end the process")
    func halfOfICU() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("libsapnwrfc.so")
        for name in ["libsapnwrfc.so", "libicudata.so.50", "libicui18n.so.50"] {
            try "text".write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        #expect(problem(path) == .icuMissing("libicuuc.so.50 in \(folder.path)"))
    }

    /// The stand-in's file without the mark by which it says that it needs no ICU: as SAP's own is.
    private func putLibraryThatNeedsICU(at path: String) throws {
        try Program.requireAll()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: Program.library))
        while let mark = bytes.range(of: Data("SapRfcNeedsNoICU".utf8)) {
            bytes.replaceSubrange(mark, with: Data("SapRfcNeedsSome_".utf8))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test("SAP's library without ICU beside it is refused, before it can end the process")
    func noICU() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("libsapnwrfc.so")
        try putLibraryThatNeedsICU(at: path)
        #expect(problem(path) == .icuMissing("libicudata.so.* in \(folder.path)"))
    }

    @Test("ICU is taken from beside the library, a whole version of it and no mixture")
    func wholeICU() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("libsapnwrfc.so")
        try putLibraryThatNeedsICU(at: path)
        let other = try otherLibrary()
        for name in ["libicudata.so.50", "libicuuc.so.50", "libicui18n.so.50", "libicudata.so.56"] {
            try FileManager.default.copyItem(atPath: other, toPath: folder.file(name))
        }
        #expect(problem(path) == nil)
        let mapped = try mapped()
        for name in ["libicudata.so.50", "libicuuc.so.50", "libicui18n.so.50"] {
            #expect(mapped.contains(folder.file(name)))
        }
        #expect(!mapped.contains(folder.file("libicudata.so.56")))
    }

    @Test("The stand-in loads without ICU, and states a release that the bridge takes")
    func standIn() throws {
        let library = try loadStandIn()
        #expect(library.version.release >= 7500)
    }

    @Test("A logon without a host is an error of the library, not of the network")
    func noHost() throws {
        let library = try loadStandIn()
        #expect(code(library, [("USER", "ML"), ("PASSWD", "secret")]) == .invalidParameter)
    }

    @Test("Nobody listening is a communication failure, which passes by itself")
    func nobodyListens() throws {
        let library = try loadStandIn()
        // Port 3300 + 99 of a loopback address that nothing is bound to.
        let logon = [
            ("ASHOST", "127.119.3.7"), ("SYSNR", "99"), ("CLIENT", "100"), ("USER", "ML"),
            ("PASSWD", "secret"),
        ]
        #expect(code(library, logon) == .communicationFailure)
    }

    private func code(_ library: RFCLibrary, _ logon: [(String, String)]) -> RFCReturnCode? {
        do {
            let connection = try RFCConnection(
                library: library, logon: logon.map { (name: $0.0, value: $0.1) })
            connection.close()
            return nil
        } catch {
            guard case .rfc(let problem) = error else { return nil }
            return problem.code
        }
    }
}
