import Testing

/// One connection over the library, used the way a C program uses it.
final class SDKClient {
    private typealias Open =
        @convention(c) (UnsafeRawPointer, UInt32, UnsafeMutableRawPointer?) -> OpaquePointer?
    private typealias Named =
        @convention(c) (OpaquePointer?, SDKLibrary.Text, UnsafeMutableRawPointer?) -> OpaquePointer?
    private typealias One = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32
    private typealias Make = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> OpaquePointer?
    private typealias Two = @convention(c) (OpaquePointer?, OpaquePointer?, UnsafeMutableRawPointer?) -> Int32
    private typealias Set =
        @convention(c) (OpaquePointer?, SDKLibrary.Text, SDKLibrary.Text, UInt32, UnsafeMutableRawPointer?) ->
        Int32
    private typealias Get =
        @convention(c) (
            OpaquePointer?, SDKLibrary.Text, UnsafeMutablePointer<UInt16>, UInt32,
            UnsafeMutablePointer<UInt32>, UnsafeMutableRawPointer?
        ) -> Int32
    private typealias Inner =
        @convention(c) (
            OpaquePointer?, SDKLibrary.Text, UnsafeMutablePointer<OpaquePointer?>, UnsafeMutableRawPointer?
        ) -> Int32
    private typealias Count =
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt32>, UnsafeMutableRawPointer?) -> Int32
    private typealias Move = @convention(c) (OpaquePointer?, UInt32, UnsafeMutableRawPointer?) -> Int32

    let library: SDKLibrary
    let error = SDKLibrary.ErrorInfo()
    let connection: OpaquePointer?

    /// Logs on; `connection` is nil and `error` says why when that was refused.
    init(port: Int, user: String = "MLCONN", password: String = "secret") throws {
        library = try SDKLibrary()
        // Port is 3300 + SYSNR for the real library; the stand-in is told its place by the environment or by ASHOST.
        let settings = [
            "ASHOST": "127.0.0.1", "SYSNR": "00", "CLIENT": "100", "USER": user, "PASSWD": password,
        ]
        let texts = settings.map { (Array($0.key.utf16) + [0], Array($0.value.utf16) + [0]) }
        let open: Open = try library.symbol("RfcOpenConnection")
        let copies = texts.map { (Self.copy($0.0), Self.copy($0.1)) }
        let parameters = copies.map { SDKLibrary.Parameter(name: $0.0, value: $0.1) }
        let told = error.memory
        connection = parameters.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { open($0, UInt32(parameters.count), told) }
        }
        for (name, value) in copies {
            name.deallocate()
            value.deallocate()
        }
    }

    private static func copy(_ units: [UInt16]) -> UnsafeMutablePointer<UInt16> {
        let memory = UnsafeMutablePointer<UInt16>.allocate(capacity: units.count)
        memory.initialize(from: units, count: units.count)
        return memory
    }

    func ping() throws -> Int32 {
        let ping: One = try library.symbol("RfcPing")
        return ping(connection, error.memory)
    }

    func function(_ name: String) throws -> OpaquePointer? {
        let describe: Named = try library.symbol("RfcGetFunctionDesc")
        let create: Make = try library.symbol("RfcCreateFunction")
        guard let description = sap(name, { describe(connection, $0, error.memory) }) else { return nil }
        return create(description, error.memory)
    }

    func invoke(_ function: OpaquePointer?) throws -> Int32 {
        let invoke: Two = try library.symbol("RfcInvoke")
        return invoke(connection, function, error.memory)
    }

    func set(_ container: OpaquePointer?, _ name: String, _ value: String) throws -> Int32 {
        let set: Set = try library.symbol("RfcSetString")
        return sap(name) { name in
            sap(value) { set(container, name, $0, UInt32(value.utf16.count), error.memory) }
        }
    }

    func get(_ container: OpaquePointer?, _ name: String, room: UInt32 = 2000) throws -> (
        code: Int32, text: String, length: UInt32
    ) {
        let get: Get = try library.symbol("RfcGetString")
        var units = [UInt16](repeating: 0xAAAA, count: Int(room) + 1)
        var length: UInt32 = 0
        let code = sap(name) { get(container, $0, &units, room, &length, error.memory) }
        let text = code == 0 ? String(decoding: units.prefix(Int(length)), as: UTF16.self) : ""
        return (code, text, length)
    }

    func table(_ function: OpaquePointer?, _ name: String) throws -> OpaquePointer? {
        let inner: Inner = try library.symbol("RfcGetTable")
        var table: OpaquePointer?
        _ = sap(name) { inner(function, $0, &table, error.memory) }
        return table
    }

    func append(_ table: OpaquePointer?) throws -> OpaquePointer? {
        let append: Make = try library.symbol("RfcAppendNewRow")
        return append(table, error.memory)
    }

    func rows(_ table: OpaquePointer?, _ field: String) throws -> [String] {
        let count: Count = try library.symbol("RfcGetRowCount")
        let move: Move = try library.symbol("RfcMoveTo")
        var rows: UInt32 = 0
        _ = count(table, &rows, error.memory)
        return try (0..<rows).map {
            _ = move(table, $0, error.memory)
            return try get(table, field).text
        }
    }
}
