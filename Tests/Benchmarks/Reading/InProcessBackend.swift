import SAPAccess

/// The bridge without a worker: one connection of this process, on a thread of its own.
final class InProcessBackend: TableBackend {
    // Touched on `thread` alone.
    private final class Held: @unchecked Sendable {
        var connection: RFCConnection

        init(_ connection: consuming RFCConnection) { self.connection = connection }
    }

    private let thread = Blocking("bridge")
    private let held: Held

    /// Loads the library and logs on.
    init(sap: SAPStandIn) async throws {
        held = try await thread.run {
            let library = try RFCLibrary(loading: sap.library)
            return Held(
                try RFCConnection(
                    library: library,
                    logon: [
                        (name: "ASHOST", value: "127.0.0.1"), (name: "SYSNR", value: "00"),
                        (name: "CLIENT", value: SAPStandIn.client), (name: "USER", value: SAPStandIn.user),
                        (name: "PASSWD", value: sap.password), (name: "LANG", value: "EN"),
                    ]))
        }
    }

    func describe(_ function: String) async throws -> RFCFunctionDescription {
        try await thread.run { [held] in try held.connection.description(of: function) }
    }

    func callUnchecked(
        _ function: String, _ parameters: RFCRecord, results: [String],
    ) async throws -> RFCRecord {
        try await thread.run { [held] in try held.connection.call(function, parameters, results: results) }
    }

    func readBlock(_ call: TableCall) async throws -> TableBlock {
        try await thread.run { [held] in try held.connection.readTable(call) }
    }
}
