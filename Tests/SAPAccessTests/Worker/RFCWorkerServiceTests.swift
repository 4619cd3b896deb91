import Foundation
import TestSupport
import Testing

@testable import SAPAccess

@Suite("The worker's end of the pipe")
struct RFCWorkerServiceTests {
    private static let logon: [(name: String, value: String)] = [
        ("ASHOST", "127.0.0.1"), ("SYSNR", "00"), ("CLIENT", "100"), ("USER", "MLCONN"),
        ("PASSWD", StandIn.password),
    ]

    private func launch(_ standIn: StandIn) -> ChildLaunch {
        var environment = ProcessInfo.processInfo.environment
        environment["SAP_ECC_SIM"] = "127.0.0.1:\(standIn.port)"
        return ChildLaunch(
            executable: Program.path("ml-agent"), arguments: ["rfc-worker"], environment: environment)
    }

    /// A worker that is logged on.
    private func worker(_ standIn: StandIn, traces: String) async throws -> RFCWorkerProcess {
        let process = try RFCWorkerProcess(launch(standIn))
        let library = RFCLibraryLocation(path: Program.library, traceFolder: traces)
        _ = try await process.exchange(.load(library), what: "load", within: .seconds(30)).get()
        _ = try await process.exchange(.logOn(Self.logon), what: "logon", within: .seconds(30)).get()
        return process
    }

    @Test("A call that is cancelled before it runs never reaches SAP, and its caller hears at once")
    func withdrawn() async throws {
        let standIn = try await StandIn()
        let (childInput, requests) = try PipeEnd.pair()
        let (answers, childOutput) = try PipeEnd.pair()
        let thread = try SerialThread()
        let launch = launch(standIn)
        let traces = try Program.traces.get()
        let child = await thread.run {
            try? ChildProcess.start(launch, input: childInput.descriptor, output: childOutput.descriptor)
        }
        childInput.close()
        childOutput.close()
        let frames: [WorkerRequest] = [
            .load(RFCLibraryLocation(path: Program.library, traceFolder: traces)), .logOn(Self.logon),
            .call(function: "RFC_PING_AND_WAIT", parameters: ["SECONDS": .integer(60)], results: []),
        ]
        // All at once: the worker reads the cancellation while it still loads the library.
        for (index, request) in frames.enumerated() {
            try requests.write(try request.frame(UInt32(index + 1)).encoded())
        }
        try requests.write(try WorkerRequest.cancel.frame(3).encoded())
        let result = await thread.run { () -> WorkerResult? in
            while let frame = try? answers.read() {
                guard frame.number == 3, frame.kind != WorkerAnswer.begun else { continue }
                return try? WorkerAnswer(frame).result
            }
            return nil
        }
        guard case .failed(.rfc(let error)) = result else {
            Issue.record("\(String(describing: result))")
            return
        }
        #expect(error.code == .canceled)
        #expect(try await standIn.calls()["RFC_PING_AND_WAIT"] == nil)
        requests.close()
        let ended = await thread.run { child?.reap() }
        #expect(ended == "ended with status 0")
    }

    @Test("What the library prints to standard output is no part of an answer")
    func prints() async throws {
        let standIn = try await StandIn()
        let folder = try TemporaryFolder()
        // The library's first call appends a line to its log.
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("dev_rfc.log"), withDestinationPath: "/proc/self/fd/1")
        let process = try await worker(standIn, traces: folder.path)
        let pong = try await process.exchange(.ping, what: "ping", within: .seconds(20)).get()
        #expect(pong.result == .done && pong.isUsable)
        #expect(await process.end() == "ended with status 0")
    }

    @Test("NULs and halves of characters are left out or replaced, counted, and shift no column (case C008)")
    func damaged() async throws {
        let standIn = try await StandIn()
        let item = ["MANDT": "100", "EBELN": "4500000001", "EBELP": "00010", "LOEKZ": "L"]
        try await standIn.put(
            "EKKO", [["MANDT": "100", "EBELN": "4500000001", "WAERS": "EUR", "ERNAM": "MUELLER"]])
        try await standIn.put("EKPO", [item.merging(["TXZ01": "AB\0\0CD", "MATNR": "M-1"]) { $1 }])
        let process = try await worker(standIn, traces: try Program.traces.get())
        let call = TableCall(
            module: "RFC_READ_TABLE", table: "EKPO", columns: ["EBELN", "TXZ01", "MATNR", "LOEKZ"],
            options: [], rowCount: 10)
        let read = try await process.exchange(.readBlock(call), what: "read", within: .seconds(20)).get()
        let rows = try #require(read.rows)
        #expect((0..<4).map { rows.text(row: 0, column: $0) } == ["4500000001", "ABCD", "M-1", "L"])
        #expect(read.damagedCharacters == 2)
        let detail = try await process.exchange(
            .call(
                function: "BAPI_PO_GETDETAIL1", parameters: ["PURCHASEORDER": .text("4500000001")],
                results: ["POITEM"]), what: "detail", within: .seconds(20)
        ).get()
        guard case .record(let record) = detail.result, let line = try record.table("POITEM").first else {
            Issue.record("\(detail.result)")
            return
        }
        #expect(try line.text("SHORT_TEXT") == "ABCD")
        #expect(try line.text("MATERIAL") == "M-1")
        #expect(detail.damagedCharacters == 2)
        let pong = try await process.exchange(.ping, what: "ping", within: .seconds(20)).get()
        #expect(pong.damagedCharacters == 0)
        await process.end()
    }
}
