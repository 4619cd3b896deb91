import CSAPNWRFC

/// A function's parameters, a structure or a table's current row, lent for the length of one closure.
///
/// Not copyable and never returned by value: what it points at belongs to a function container, and goes with it.
@safe struct RFCContainer: ~Copyable {
    private let library: RFCLibrary
    private let tally: TextTally
    // Lent: valid while the owner (RFCFunction) lives, which outlives the closure this is lent to.
    private let handle: OpaquePointer

    // Swift 6.3.1 crashes in release builds where it inlines this into a function that lends the new container.
    @inline(never)
    init(library: RFCLibrary, tally: TextTally, lending handle: OpaquePointer) {
        self.library = library
        self.tally = tally
        unsafe self.handle = unsafe handle
    }

    // MARK: Writing

    /// Sets one parameter or field.
    ///
    /// The library cuts long text and wraps numbers in silence, so lengths are compared with the description
    /// before anything is set.
    func set(_ value: RFCValue, as field: RFCFieldDescription) throws(SAPAccessError) {
        switch value {
        case .text(let text): try setText(text, field)
        case .integer(let number): try setInteger(number, field)
        case .bytes(let bytes): try setBytes(bytes, field)
        case .record(let record):
            try withStructure(field.name) { (inner: borrowing RFCContainer) throws(SAPAccessError) in
                try inner.set(record, fields: field.fields)
            }
        case .table(let rows):
            try withTable(field.name) { (table: borrowing RFCContainer) throws(SAPAccessError) in
                for row in rows {
                    try table.appendRow { (inner: borrowing RFCContainer) throws(SAPAccessError) in
                        try inner.set(row, fields: field.fields)
                    }
                }
            }
        case .unreadable: throw .missing(field: field.name)
        }
    }

    /// Sets the fields of a structure by name.
    func set(_ record: RFCRecord, fields: [RFCFieldDescription]) throws(SAPAccessError) {
        for (name, value) in record.fields {
            guard let field = fields.first(where: { $0.name == name }) else { throw .missing(field: name) }
            try set(value, as: field)
        }
    }

    private func setText(_ text: String, _ field: RFCFieldDescription) throws(SAPAccessError) {
        let limited: Set<RFCType> = [.char, .num, .date, .time]
        if limited.contains(field.type), text.utf16.count > field.length {
            throw .value(
                field: field.name, text: text, expected: "text of at most \(field.length) characters")
        }
        // The library makes digits of letters ("1e3" becomes 153.00).
        if field.type == .bcd, !Self.isDecimal(text) {
            throw .value(field: field.name, text: text, expected: "a decimal number")
        }
        try unsafe call(field.name) { name, info in
            unsafe withUTF16(text) { units, count in
                unsafe library.sdk.set_string?(handle, name, units, count, info)
            }
        }
    }

    /// A sign, digits, and digits behind a point: what the library reads as it is written.
    static func isDecimal(_ text: String) -> Bool {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count - digits.count <= 1 && parts.count <= 2
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
    }

    private func setBytes(_ bytes: [UInt8], _ field: RFCFieldDescription) throws(SAPAccessError) {
        if field.type == .byte, bytes.count > field.length {
            throw .value(
                field: field.name, text: "\(bytes.count) bytes",
                expected: "at most \(field.length) bytes long")
        }
        try unsafe call(field.name) { name, info in
            unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe library.sdk.set_xstring?(
                    handle, name, buffer.baseAddress, UInt32(truncatingIfNeeded: buffer.count), info)
            }
        }
    }

    private func setInteger(_ number: Int64, _ field: RFCFieldDescription) throws(SAPAccessError) {
        let range: ClosedRange<Int64> =
            switch field.type {
            case .int1: 0...255
            case .int2: -32768...32767
            case .int8: .min ... .max
            default: Int64(Int32.min)...Int64(Int32.max)
            }
        guard range.contains(number) else {
            throw .value(field: field.name, text: String(number), expected: "a number in \(range)")
        }
        try unsafe call(field.name) { name, info in
            if field.type == .int8 { return unsafe library.sdk.set_int8?(handle, name, number, info) }
            return unsafe library.sdk.set_int?(handle, name, Int32(truncatingIfNeeded: number), info)
        }
    }

    // MARK: Reading

    /// Reads one parameter or field by its description.
    ///
    /// A field that cannot be converted is `unreadable` and harms no other.
    func value(of field: RFCFieldDescription) throws(SAPAccessError) -> RFCValue {
        switch field.type {
        case .structure:
            var record = RFCRecord()
            try withStructure(field.name) { (inner: borrowing RFCContainer) throws(SAPAccessError) in
                record = try inner.record(field.fields)
            }
            return .record(record)
        case .table:
            var rows: [RFCRecord] = []
            try withTable(field.name) { (table: borrowing RFCContainer) throws(SAPAccessError) in
                rows = try table.rows(field.fields)
            }
            return .table(rows)
        case .int, .int1, .int2: return .integer(Int64(try integer(field.name)))
        case .byte, .xstring: return .bytes(try bytes(field))
        default:
            do { return .text(try text(field.name, expecting: field.length)) } catch {
                guard case .rfc(let problem) = error, problem.connectionSurvived else { throw error }
                return .unreadable(code: problem.code.rawValue)
            }
        }
    }

    /// Reads all fields of a structure or of the current row.
    func record(_ fields: [RFCFieldDescription]) throws(SAPAccessError) -> RFCRecord {
        var record = RFCRecord()
        for field in fields { record[field.name] = try value(of: field) }
        return record
    }

    /// Reads all rows of a table.
    func rows(_ fields: [RFCFieldDescription]) throws(SAPAccessError) -> [RFCRecord] {
        var result: [RFCRecord] = []
        let count = try rowCount()
        result.reserveCapacity(count)
        for index in 0..<count {
            try moveTo(index)
            result.append(try record(fields))
        }
        return result
    }

    /// Text of a field without trailing blanks.
    ///
    /// The buffer is one unit longer than the text, and grows once where the library says how long the text
    /// really is.
    func text(_ name: String, expecting length: Int) throws(SAPAccessError) -> String {
        var capacity = max(length, 40) + 1
        for _ in 0..<2 {
            var needed: UInt32 = 0
            var result: [UInt8]?
            do throws(SAPAccessError) {
                try unsafe call(name) { units, info in
                    unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: capacity) { buffer in
                        let code = unsafe library.sdk.get_string?(
                            handle, units, buffer.baseAddress, UInt32(truncatingIfNeeded: capacity), &needed,
                            info)
                        if code == 0 {
                            var bytes: [UInt8] = []
                            bytes.reserveCapacity(Int(needed))
                            let filled = unsafe buffer[..<min(Int(needed), capacity)]
                            unsafe bytes.appendTrimmed(
                                UnsafeBufferPointer(rebasing: filled), counting: &tally.count)
                            result = bytes
                        }
                        return code
                    }
                }
            } catch {
                guard case .rfc(let problem) = error, problem.code == .bufferTooSmall,
                    Int(needed) + 1 > capacity
                else { throw error }
                capacity = Int(needed) + 1
                continue
            }
            return String(decoding: result ?? [], as: UTF8.self)
        }
        throw .value(field: name, text: "", expected: "text of a stable length")
    }

    /// A whole number of 32 bits or fewer.
    func integer(_ name: String) throws(SAPAccessError) -> Int32 {
        var number: Int32 = 0
        try unsafe call(name) { units, info in unsafe library.sdk.get_int?(handle, units, &number, info) }
        return number
    }

    private func bytes(_ field: RFCFieldDescription) throws(SAPAccessError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: max(field.length, 1))
        if field.type == .byte {
            try unsafe call(field.name) { units, info in
                unsafe buffer.withUnsafeMutableBufferPointer { bytes in
                    unsafe library.sdk.get_bytes?(
                        handle, units, bytes.baseAddress, UInt32(truncatingIfNeeded: field.length), info)
                }
            }
            return Array(buffer.prefix(field.length))
        }
        var needed: UInt32 = 0
        for _ in 0..<2 {
            do throws(SAPAccessError) {
                try unsafe call(field.name) { units, info in
                    unsafe buffer.withUnsafeMutableBufferPointer { bytes in
                        unsafe library.sdk.get_xstring?(
                            handle, units, bytes.baseAddress, UInt32(truncatingIfNeeded: bytes.count),
                            &needed,
                            info)
                    }
                }
            } catch {
                guard case .rfc(let problem) = error, problem.code == .bufferTooSmall,
                    Int(needed) > buffer.count
                else { throw error }
                buffer = [UInt8](repeating: 0, count: Int(needed))
                continue
            }
            return Array(buffer.prefix(Int(needed)))
        }
        throw .value(field: field.name, text: "", expected: "bytes of a stable length")
    }

    /// Appends a piece of a text without trailing blanks, and counts what could not be kept.
    func append(_ units: UnsafeBufferPointer<UInt16>, to bytes: inout [UInt8]) {
        unsafe bytes.appendTrimmed(units, counting: &tally.count)
    }

    /// Lends the whole characters of a text field, padded with blanks to `length`.
    func withCharacters(
        _ name: String, length: Int, in buffer: UnsafeMutableBufferPointer<UInt16>,
    ) throws(SAPAccessError) {
        try unsafe call(name) { units, info in
            unsafe library.sdk.get_chars?(
                handle, units, buffer.baseAddress, UInt32(truncatingIfNeeded: length), info)
        }
    }

    // MARK: Structures and tables

    func withStructure(
        _ name: String, _ body: (borrowing RFCContainer) throws(SAPAccessError) -> Void,
    ) throws(SAPAccessError) {
        var inner: OpaquePointer?
        try unsafe call(name) { units, info in unsafe library.sdk.get_structure?(handle, units, &inner, info)
        }
        guard let inner = unsafe inner else { throw .missing(field: name) }
        try body(unsafe RFCContainer(library: library, tally: tally, lending: inner))
    }

    func withTable(
        _ name: String, _ body: (borrowing RFCContainer) throws(SAPAccessError) -> Void,
    ) throws(SAPAccessError) {
        var inner: OpaquePointer?
        try unsafe call(name) { units, info in unsafe library.sdk.get_table?(handle, units, &inner, info) }
        guard let inner = unsafe inner else { throw .missing(field: name) }
        try body(unsafe RFCContainer(library: library, tally: tally, lending: inner))
    }

    func rowCount() throws(SAPAccessError) -> Int {
        var count: UInt32 = 0
        try unsafe library.check("RfcGetRowCount", .container) { info in
            unsafe library.sdk.get_row_count?(handle, &count, info)
        }
        return Int(count)
    }

    /// Makes the row at `index` the current one: a table handle reads as its current row.
    func moveTo(_ index: Int) throws(SAPAccessError) {
        try unsafe library.check("RfcMoveTo", .container) { info in
            unsafe library.sdk.move_to?(handle, UInt32(truncatingIfNeeded: index), info)
        }
    }

    func appendRow(
        _ body: (borrowing RFCContainer) throws(SAPAccessError) -> Void,
    ) throws(SAPAccessError) {
        var row: OpaquePointer?
        try unsafe library.check("RfcAppendNewRow", .container) { info in
            unsafe row = unsafe library.sdk.append_new_row?(handle, info)
            return unsafe row == nil ? max(info.pointee.code, 1) : 0
        }
        guard let row = unsafe row else { throw .missing(field: "row") }
        try body(unsafe RFCContainer(library: library, tally: tally, lending: row))
    }

    /// One call with a name in UTF-16; errors name the field.
    private func call(
        _ name: String,
        _ body: (UnsafePointer<UInt16>, UnsafeMutablePointer<ml_rfc_error_info>) -> ml_rfc_rc?,
    ) throws(SAPAccessError) {
        try unsafe library.check(name, .container) { info in
            unsafe withUTF16(name) { units, _ in unsafe body(units, info) }
        }
    }
}
