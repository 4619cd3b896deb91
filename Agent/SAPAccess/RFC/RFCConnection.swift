import CSAPNWRFC
import Synchronization

/// What a connection says about itself after logon (RFC_ATTRIBUTES).
package struct RFCAttributes: Hashable, Sendable {
    package var systemID: String
    package var client: String
    package var user: String
    package var host: String
    package var partnerHost: String
    package var release: String
    package var codePage: String
    package var partnerCodePage: String
    /// 2 for a Unicode system, 1 for others.
    package var partnerBytesPerCharacter: Int

    package init(
        systemID: String = "", client: String = "", user: String = "", host: String = "",
        partnerHost: String = "", release: String = "", codePage: String = "", partnerCodePage: String = "",
        partnerBytesPerCharacter: Int = 0,
    ) {
        self.systemID = systemID
        self.client = client
        self.user = user
        self.host = host
        self.partnerHost = partnerHost
        self.release = release
        self.codePage = codePage
        self.partnerCodePage = partnerCodePage
        self.partnerBytesPerCharacter = partnerBytesPerCharacter
    }
}

/// One open RFC connection.
///
/// It cannot be copied, so two threads cannot use it at once; only its canceller may be called from elsewhere
/// while a call runs.
@safe package struct RFCConnection: ~Copyable {
    @safe private struct Described {
        var handle: OpaquePointer
        var description: RFCFunctionDescription
    }

    private let library: RFCLibrary
    /// Ends the running call from another thread.
    package let canceller: RFCCanceller
    // Owned, together with the canceller, which takes it out of reach when the connection ends.
    private let handle: OpaquePointer
    // Descriptions belong to the library's cache and are never destroyed by us.
    private var described: [String: Described] = [:]
    private var isOpen = true
    private let tally = TextTally()

    /// Logs on.
    ///
    /// Blocks: there is no time limit in the library, an unreachable host takes about a minute.
    /// - Throws:
    /// `SAPAccessError.rfc` with origin `logon`.
    package init(
        library: RFCLibrary, logon: [(name: String, value: String)],
    ) throws(SAPAccessError) {
        var handle: OpaquePointer?
        try unsafe library.check("RfcOpenConnection", .logon) { info in
            unsafe handle = unsafe withParameters(logon) { parameters, count in
                unsafe library.sdk.open_connection?(parameters, count, info)
            }
            return unsafe handle == nil ? max(info.pointee.code, 1) : 0
        }
        guard let handle = unsafe handle else { throw .missing(field: "connection") }
        unsafe self.handle = unsafe handle
        self.library = library
        canceller = unsafe RFCCanceller(library: library, handle: handle)
    }

    deinit {
        canceller.end(close: isOpen)
    }

    /// False once an error took the connection away; then nothing but a new connection helps.
    package var isUsable: Bool { isOpen }

    /// System, client, user and code pages of the other end.
    package mutating func attributes() throws(SAPAccessError) -> RFCAttributes {
        var raw = ml_rfc_attributes()
        try unsafe library.check("RfcGetConnectionAttributes", .container) { info in
            unsafe library.sdk.get_connection_attributes?(handle, &raw, info)
        }
        return RFCAttributes(
            systemID: text(ofArray: raw.sys_id), client: text(ofArray: raw.client),
            user: text(ofArray: raw.user), host: text(ofArray: raw.host),
            partnerHost: text(ofArray: raw.partner_host), release: text(ofArray: raw.partner_rel),
            codePage: text(ofArray: raw.codepage), partnerCodePage: text(ofArray: raw.partner_codepage),
            partnerBytesPerCharacter: Int(text(ofArray: raw.partner_bytes_per_char)) ?? 0)
    }

    /// Asks the other end whether it is there.
    package mutating func ping() throws(SAPAccessError) {
        try settled { (connection: inout RFCConnection) throws(SAPAccessError) in
            let (library, handle) = unsafe (connection.library, connection.handle)
            try unsafe library.check("RFC_PING", .call) { info in unsafe library.sdk.ping?(handle, info) }
        }
    }

    /// Interface of a function module in this system, from the cache after the first time.
    package mutating func description(of function: String) throws(SAPAccessError) -> RFCFunctionDescription {
        try settled { (connection: inout RFCConnection) throws(SAPAccessError) in
            try connection.describe(function).description
        }
    }

    /// Calls a function module and reads the parameters that `results` names.
    package mutating func call(
        _ function: String, _ parameters: RFCRecord, results: [String],
    ) throws(SAPAccessError) -> RFCRecord {
        try unsafe withFunction(function) { (call, connection) throws(SAPAccessError) in
            try call.set(parameters)
            call.deactivate(except: Set(results).union(parameters.fields.keys))
            try unsafe call.invoke(on: connection)
            return try call.results(results)
        }
    }

    /// Lends a container of one function and the connection to call it on.
    mutating func withFunction<Result>(
        _ function: String,
        _ body: (borrowing RFCFunction, OpaquePointer) throws(SAPAccessError) -> Result,
    ) throws(SAPAccessError) -> Result {
        try settled { (connection: inout RFCConnection) throws(SAPAccessError) in
            let described = try connection.describe(function)
            let call = try unsafe RFCFunction(
                library: connection.library, tally: connection.tally, describedBy: described.handle,
                description: described.description)
            return try unsafe body(call, connection.handle)
        }
    }

    /// Characters of text that could not be kept since this was asked last: NULs (case C008), lone surrogates.
    package mutating func takeDamagedCharacters() -> Int {
        defer { tally.count = TranscodingCount() }
        return tally.count.damaged
    }

    /// Ends the connection.
    package consuming func close() {}

    /// Runs a call and lives by "our rule": an error that may have ended the connection takes it out of use.
    ///
    /// What the library still calls valid is closed, or it leaks; anything else is not touched again.
    private mutating func settled<Result>(
        _ body: (inout RFCConnection) throws(SAPAccessError) -> Result,
    ) throws(SAPAccessError) -> Result {
        guard isOpen else {
            throw .rfc(RFCError(operation: "RFC", origin: .call, code: .invalidHandle))
        }
        do {
            return try body(&self)
        } catch {
            if case .rfc(let problem) = error, !problem.connectionSurvived {
                isOpen = false
                canceller.end(close: isHandleValid())
            }
            throw error
        }
    }

    private func isHandleValid() -> Bool {
        var valid: Int32 = 0
        var info = ml_rfc_error_info()
        let code = unsafe library.sdk.is_connection_handle_valid?(handle, &valid, &info)
        return code == 0 && valid != 0
    }

    private mutating func describe(_ function: String) throws(SAPAccessError) -> Described {
        if let known = described[function] { return known }
        var handle: OpaquePointer?
        let (library, connection) = unsafe (library, handle: self.handle)
        try unsafe library.check(function, .call) { info in
            unsafe handle = unsafe withUTF16(function) { name, _ in
                unsafe library.sdk.get_function_desc?(connection, name, info)
            }
            return unsafe handle == nil ? max(info.pointee.code, 1) : 0
        }
        guard let handle = unsafe handle else { throw .missing(field: function) }
        let found = unsafe Described(
            handle: handle, description: try library.description(of: handle, named: function))
        described[function] = found
        return found
    }
}

/// Lends logon parameters in the library's form.
///
/// The UTF-16 copies are wiped afterwards: one is the password.
private func withParameters<Result>(
    _ logon: [(name: String, value: String)],
    _ body: (UnsafePointer<ml_rfc_connection_parameter>?, UInt32) -> Result,
) -> Result {
    var units: [UInt16] = []
    var places: [(name: Int, value: Int)] = []
    units.reserveCapacity(logon.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
    for (name, value) in logon {
        let start = units.count
        units.append(contentsOf: name.utf16)
        units.append(0)
        let middle = units.count
        units.append(contentsOf: value.utf16)
        units.append(0)
        places.append((start, middle))
    }
    return unsafe units.withUnsafeMutableBufferPointer { buffer in
        defer { unsafe buffer.update(repeating: 0) }
        let parameters = unsafe places.map { place in
            unsafe ml_rfc_connection_parameter(
                name: buffer.baseAddress.map { unsafe UnsafePointer($0 + place.name) },
                value: buffer.baseAddress.map { unsafe UnsafePointer($0 + place.value) })
        }
        return unsafe parameters.withUnsafeBufferPointer { list in
            unsafe body(list.baseAddress, UInt32(truncatingIfNeeded: list.count))
        }
    }
}

/// Cancels what a connection is doing, from another thread.
///
/// Harmless when nothing runs or the connection is gone.
@safe package final class RFCCanceller: Sendable {
    @safe private struct State: @unchecked Sendable {
        // Sendable by the lock that this state is kept in; nil once the connection ended.
        var handle: OpaquePointer?
    }

    private let library: RFCLibrary
    private let state: Mutex<State>

    init(library: RFCLibrary, handle: OpaquePointer) {
        self.library = library
        state = unsafe Mutex(State(handle: handle))
    }

    /// Ends the running call with code 7; the connection is gone afterwards.
    ///
    /// The lock is held during RfcCancel on purpose: the handle must not be closed by its own thread meanwhile,
    /// and that thread does nothing else at that moment than come back from the call that is being cancelled.
    package func cancel() {
        state.withLock { state in
            guard let handle = unsafe state.handle else { return }
            var info = ml_rfc_error_info()
            _ = unsafe library.sdk.cancel?(handle, &info)
        }
    }

    /// Takes the handle out of reach, and closes it where it still stands.
    func end(close: Bool) {
        state.withLock { state in
            guard let handle = unsafe state.handle else { return }
            unsafe state.handle = nil
            guard close else { return }
            var info = ml_rfc_error_info()
            // Nobody hears the answer: code 13 means that it was closed already.
            _ = unsafe library.sdk.close_connection?(handle, &info)
        }
    }
}
