internal import Values

/// Reads from an event's wire bytes the fields that conditions use, each into its slot, in one pass.
///
/// Slots belong to names; where an older or newer schema gives a name another number, the event's own schema says
/// which. What no condition reads is stepped over.
package struct EventDecoder: Sendable {
    /// What is read of one record.
    struct Table: Sendable {
        struct Entry: BitwiseCopyable, Sendable {
            let number: UInt32
            let slot: Int
            let kind: RecordSchema.Kind
            /// Its place in `lists`, below 0 for a single value.
            let list: Int
            /// Index of the table of a record.
            let table: Int
        }

        /// By ascending number.
        var entries: [Entry]
        var width: Int
        /// Slots that hold an empty list where nothing comes.
        var lists: [Int]
        /// Of the fields, by slot.
        var names: [String]
    }

    private let tables: [Table]

    /// A decoder for events that are written by `schema`.
    /// - Throws: `otherKind` where a name that conditions read is something else there.
    init(_ layouts: RecordLayouts, root: Int, schema: RecordSchema) throws(EventDecodingError) {
        var tables: [Table] = []
        _ = try Self.add(layouts, root, schema, to: &tables)
        self.tables = tables
    }

    private static func add(
        _ layouts: RecordLayouts, _ layout: Int, _ schema: RecordSchema, to tables: inout [Table],
    ) throws(EventDecodingError) -> Int {
        let index = tables.count
        let slots = layouts.layouts[layout].slots
        tables.append(Table(entries: [], width: slots.count, lists: [], names: slots.map(\.field.name)))
        for (slot, content) in slots.enumerated() {
            let wanted = content.field
            if wanted.isList { tables[index].lists.append(slot) }
            let list = wanted.isList ? tables[index].lists.count - 1 : -1
            // A schema without the field writes no such thing: it is absent.
            guard let field = schema.field(wanted.name) else { continue }
            let areTexts = [field.kind, wanted.kind].allSatisfy { $0 == .text || $0 == .key }
            guard field.kind == wanted.kind || areTexts, field.isList == wanted.isList else {
                throw .otherKind(wanted.name)
            }
            let table =
                if let record = content.record {
                    try add(layouts, record, field.record, to: &tables)
                } else { 0 }
            tables[index].entries.append(
                Table.Entry(number: field.number, slot: slot, kind: wanted.kind, list: list, table: table))
        }
        tables[index].entries.sort { $0.number < $1.number }
        return index
    }

    /// Reads a record into the machine's arenas.
    func decode(_ bytes: [UInt8], into machine: inout Machine) throws(EventDecodingError) -> Cell {
        try record(bytes, 0..<bytes.count, 0, &machine)
    }

    private func record(
        _ bytes: [UInt8], _ range: Range<Int>, _ table: Int, _ machine: inout Machine,
    ) throws(EventDecodingError) -> Cell {
        let plan = tables[table]
        let row = machine.cells.count
        for _ in 0..<plan.width { machine.cells.append(Cell(.absent)) }
        var lists = [[Cell]](repeating: [], count: plan.lists.count)
        var cursor = WireCursor(bytes, range)
        while !cursor.isAtEnd {
            let (number, type) = try cursor.tag()
            guard let entry = plan.entries.first(where: { $0.number == number }) else {
                try cursor.skip(type)
                continue
            }
            do throws(EventDecodingError) {
                if entry.list >= 0 {
                    try append(&cursor, bytes, type, entry, to: &lists[entry.list], &machine)
                } else {
                    // The last one counts, as protobuf has it.
                    machine.cells[row + entry.slot] = try value(&cursor, bytes, type, entry, &machine)
                }
            } catch {
                // What is wrong inside a value is told of the innermost field that has a name.
                throw error == .malformed ? .field(plan.names[entry.slot]) : error
            }
        }
        for (slot, items) in zip(plan.lists, lists) {
            let first = machine.cells.count
            machine.cells.append(contentsOf: items)
            machine.cells[row + slot] = Cell(.list, UInt64(first) << 32 | UInt64(items.count))
        }
        return Cell(.record, UInt64(row) << 32 | UInt64(plan.width))
    }

    private func append(
        _ cursor: inout WireCursor, _ bytes: [UInt8], _ type: Int, _ entry: Table.Entry,
        to items: inout [Cell], _ machine: inout Machine,
    ) throws(EventDecodingError) {
        guard Self.isScalar(entry.kind), type == 2 else {
            items.append(try value(&cursor, bytes, type, entry, &machine))
            return
        }
        var packed = WireCursor(bytes, try cursor.part())
        while !packed.isAtEnd { items.append(try value(&packed, bytes, 0, entry, &machine)) }
    }

    private static func isScalar(_ kind: RecordSchema.Kind) -> Bool {
        switch kind {
        case .integer, .boolean, .date, .timeOfDay: true
        case .text, .key, .decimal, .timestamp, .bytes, .record: false
        }
    }

    private func value(
        _ cursor: inout WireCursor, _ bytes: [UInt8], _ type: Int, _ entry: Table.Entry,
        _ machine: inout Machine,
    ) throws(EventDecodingError) -> Cell {
        guard type == (Self.isScalar(entry.kind) ? 0 : 2) else { throw .malformed }
        let value: Cell?
        switch entry.kind {
        case .integer: value = .int(Self.signed(try cursor.varint()))
        case .boolean:
            let raw = try cursor.varint()
            value = raw <= 1 ? .bool(raw == 1) : nil
        case .date:
            let days = Self.signed(try cursor.varint())
            value = LocalDate(daysSinceEpoch: Int(days)) == nil ? nil : Cell(.date, UInt64(bitPattern: days))
        case .timeOfDay:
            let seconds = try cursor.varint()
            value = seconds <= 86_400 ? .instant(.duration, Int64(seconds), 0) : nil
        case .text, .key: value = Self.text(bytes, try cursor.part(), entry.kind, &machine)
        case .bytes:
            let part = try cursor.part()
            value = machine.string(bytes[part], .bytes)
        case .decimal: value = try Self.decimal(bytes, try cursor.part(), &machine)
        case .timestamp: value = try Self.timestamp(bytes, try cursor.part())
        case .record: value = try record(bytes, try cursor.part(), entry.table, &machine)
        }
        guard let value else { throw .malformed }
        return value
    }

    private static func signed(_ raw: UInt64) -> Int64 {
        Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    private static func text(
        _ bytes: [UInt8], _ part: Range<Int>, _ kind: RecordSchema.Kind, _ machine: inout Machine,
    ) -> Cell? {
        guard
            bytes[part].allSatisfy({ $0 < 128 }) || String(validating: bytes[part], as: UTF8.self) != nil
        else { return nil }
        let cell = machine.string(bytes[part])
        return kind == .key ? machine.keyRange(cell.first, cell.count) : cell
    }

    private static func decimal(
        _ bytes: [UInt8], _ part: Range<Int>, _ machine: inout Machine,
    ) throws(EventDecodingError) -> Cell? {
        var cursor = WireCursor(bytes, part)
        var units: Int64 = 0
        var scale: UInt64 = 0
        var large = 0..<0
        while !cursor.isAtEnd {
            switch try cursor.tag() {
            case (1, 0): units = signed(try cursor.varint())
            case (2, 0): scale = try cursor.varint()
            case (3, 2): large = try cursor.part()
            case (_, let type): try cursor.skip(type)
            }
        }
        guard scale <= 18 else { return nil }
        let number =
            large.isEmpty
            ? ExactDecimal(unscaled: Int128(units), scale: Int(scale))
            : ExactDecimal(twosComplement: bytes[large], scale: Int(scale))
        return number.map { machine.decimal($0) }
    }

    private static func timestamp(_ bytes: [UInt8], _ part: Range<Int>) throws(EventDecodingError) -> Cell? {
        var cursor = WireCursor(bytes, part)
        var seconds: Int64 = 0
        var nanoseconds: UInt64 = 0
        while !cursor.isAtEnd {
            switch try cursor.tag() {
            case (1, 0): seconds = signed(try cursor.varint())
            case (2, 0): nanoseconds = try cursor.varint()
            case (_, let type): try cursor.skip(type)
            }
        }
        guard nanoseconds < 1_000_000_000,
            let value = Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds))
        else { return nil }
        return .instant(.timestamp, value.seconds, value.nanoseconds)
    }
}
