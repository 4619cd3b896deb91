import Glibc
import Testing

/// `libsapnwrfc-sim.so` as any client loads it: a file beside the test binary, and names.
struct SDKLibrary {
    typealias Text = UnsafePointer<UInt16>
    typealias Handle = OpaquePointer

    /// RFC_CONNECTION_PARAMETER.
    struct Parameter {
        var name: Text?
        var value: Text?
    }

    private let library: UnsafeMutableRawPointer

    init() throws {
        let parts = CommandLine.arguments[0].split(separator: "/")
        let folders =
            parts.indices.reversed().map { "/" + parts[..<$0].joined(separator: "/") } + [".build/debug"]
        let opened = folders.lazy.compactMap { dlopen($0 + "/libsapnwrfc-sim.so", RTLD_NOW | RTLD_LOCAL) }
            .first
        library = try #require(opened)
    }

    /// The symbol as a C function of the type asked for.
    func symbol<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
        unsafeBitCast(try #require(dlsym(library, name)), to: type)
    }

    /// Code, group, key and message of an RFC_ERROR_INFO.
    struct ErrorInfo {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 1752, alignment: 8)

        init() { memory.initializeMemory(as: UInt8.self, repeating: 0, count: 1752) }

        var code: Int32 { memory.load(as: Int32.self) }
        var group: Int32 { memory.load(fromByteOffset: 4, as: Int32.self) }
        var key: String { text(8, 128) }
        var message: String { text(264, 512) }

        private func text(_ offset: Int, _ limit: Int) -> String {
            let units = (0..<limit).map { memory.load(fromByteOffset: offset + $0 * 2, as: UInt16.self) }
            return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
        }
    }
}

/// The text as the SDK wants it: UTF-16 with a zero behind it.
func sap<T>(_ text: String, _ body: (SDKLibrary.Text) throws -> T) rethrows -> T {
    try (Array(text.utf16) + [0]).withUnsafeBufferPointer { buffer in
        try body(buffer.baseAddress.unsafelyUnwrapped)
    }
}
