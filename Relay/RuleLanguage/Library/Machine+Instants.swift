import Foundation
import Values

extension Machine {
    func nanoseconds(of cell: Cell) -> Int128 { Int128(cell.int) * 1_000_000_000 + Int128(cell.nanoseconds) }

    /// Durations are those of a signed 64-bit count of nanoseconds, as the reference implementation has them.
    func duration(_ nanoseconds: Int128) -> Cell {
        guard Int64(exactly: nanoseconds) != nil else { return .error(.overflow) }
        return .instant(
            .duration, Int64(nanoseconds / 1_000_000_000),
            Int32(truncatingIfNeeded: nanoseconds % 1_000_000_000))
    }

    /// The same as a literal.
    static func durationValue(_ nanoseconds: Int128) -> RuleValue? {
        guard Int64(exactly: nanoseconds) != nil else { return nil }
        return .duration(
            seconds: Int64(nanoseconds / 1_000_000_000),
            nanoseconds: Int32(truncatingIfNeeded: nanoseconds % 1_000_000_000))
    }

    /// Timestamps are those of the years 1 to 9999.
    func timestamp(_ nanoseconds: Int128) -> Cell {
        var seconds = nanoseconds / 1_000_000_000
        var rest = nanoseconds % 1_000_000_000
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000_000
        }
        guard let whole = Int64(exactly: seconds),
            Timestamp(seconds: whole, nanoseconds: Int32(truncatingIfNeeded: rest)) != nil
        else { return .error(.overflow) }
        return .instant(.timestamp, whole, Int32(truncatingIfNeeded: rest))
    }

    /// Reads `1h30m`, `-1.5s`, `250ms`; nil for anything else.
    static func parseDuration(_ text: String) -> Int128? {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        let units: [(String, Int128)] = [
            ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("h", 3_600_000_000_000),
            ("m", 60_000_000_000), ("s", 1_000_000_000),
        ]
        var total: Int128 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let parts = number.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, number.count < 20, let whole = Int128(parts[0].isEmpty ? "0" : parts[0]),
                number.contains(where: \.isNumber)
            else { return nil }
            rest = rest[number.endIndex...]
            guard let unit = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            rest = rest.dropFirst(unit.0.count)
            total += whole * unit.1
            if parts.count == 2, let fraction = Int128(parts[1].isEmpty ? "0" : parts[1]) {
                var scale: Int128 = 1
                for _ in parts[1] { scale *= 10 }
                total += fraction * unit.1 / scale
            }
        }
        return isNegative ? -total : total
    }

    /// Seconds with as many digits behind the point as it takes, and an `s`.
    static func text(ofDuration nanoseconds: Int128) -> String {
        let magnitude = nanoseconds.magnitude
        var text = "\(nanoseconds < 0 ? "-" : "")\(magnitude / 1_000_000_000)"
        let rest = magnitude % 1_000_000_000
        if rest > 0 {
            var digits = String(1_000_000_000 + rest).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + "s"
    }

    /// `getFullYear` and its kind, of a timestamp in a zone (UTC without one) or of a duration as a whole.
    func component(_ function: Function, of value: Cell, zone: Cell?) -> Cell {
        if value.tag == .duration, zone == nil {
            switch function {
            case .getHours: return .int(value.int / 3_600)
            case .getMinutes: return .int(value.int / 60)
            case .getSeconds: return .int(value.int)
            case .getMilliseconds: return .int(Int64(value.nanoseconds / 1_000_000))
            default: return .error(.noSuchOverload)
            }
        }
        if value.tag == .date, zone == nil {
            return [.getHours, .getMinutes, .getSeconds, .getMilliseconds].contains(function)
                ? .error(.noSuchOverload) : component(function, ofDay: value.int)
        }
        guard value.tag == .timestamp, zone == nil || zone?.tag == .string else {
            return .error(.noSuchOverload)
        }
        guard let local = local(value, zone: zone) else { return .error(.badZone) }
        let days = (local - (local % 86_400 + 86_400) % 86_400) / 86_400
        let second = local - days * 86_400
        switch function {
        case .getHours: return .int(second / 3_600)
        case .getMinutes: return .int(second / 60 % 60)
        case .getSeconds: return .int(second % 60)
        case .getMilliseconds: return .int(Int64(value.nanoseconds / 1_000_000))
        default: return component(function, ofDay: days)
        }
    }

    /// Seconds since 1970 on the clock of a zone (UTC without one); nil for a zone that does not exist.
    private func local(_ timestamp: Cell, zone: Cell?) -> Int64? {
        guard let zone else { return timestamp.int }
        let name = String(decoding: bytes(of: zone), as: UTF8.self)
        return Self.offset(of: name, at: timestamp.int).map { timestamp.int + $0 }
    }

    /// The day of a timestamp in a zone (UTC without one).
    func date(_ value: Cell, zone: Cell?) -> Cell {
        guard value.tag == .timestamp, zone == nil || zone?.tag == .string else {
            return .error(.noSuchOverload)
        }
        guard let local = local(value, zone: zone) else { return .error(.badZone) }
        return day((local - (local % 86_400 + 86_400) % 86_400) / 86_400)
    }

    private func day(_ days: Int64) -> Cell {
        LocalDate(daysSinceEpoch: Int(days)) == nil
            ? .error(.overflow) : Cell(.date, UInt64(bitPattern: days))
    }

    /// Days between dates, and dates some whole days apart.
    func dateArithmetic(_ function: Function, _ left: Cell, _ right: Cell) -> Cell {
        let nanosecondsOfDay: Int128 = 86_400_000_000_000
        func days(_ duration: Cell) -> Int64? {
            let (whole, rest) = nanoseconds(of: duration).quotientAndRemainder(dividingBy: nanosecondsOfDay)
            return rest == 0 ? Int64(whole) : nil
        }
        switch (left.tag, function, right.tag) {
        case (.date, .subtract, .date): return duration(Int128(left.int - right.int) * nanosecondsOfDay)
        case (.date, .add, .duration): return days(right).map { day(left.int + $0) } ?? .error(.conversion)
        case (.duration, .add, .date): return days(left).map { day(right.int + $0) } ?? .error(.conversion)
        case (.date, .subtract, .duration):
            return days(right).map { day(left.int - $0) } ?? .error(.conversion)
        default: return .error(.noSuchOverload)
        }
    }

    private func component(_ function: Function, ofDay days: Int64) -> Cell {
        if function == .getDayOfWeek { return .int((days % 7 + 11) % 7) }
        guard let date = LocalDate(daysSinceEpoch: Int(days)) else { return .error(.overflow) }
        switch function {
        case .getFullYear: return .int(Int64(date.civil.year))
        case .getMonth: return .int(Int64(date.civil.month - 1))
        case .getDate: return .int(Int64(date.civil.day))
        case .getDayOfMonth: return .int(Int64(date.civil.day - 1))
        default: return .int(Int64(date.dayOfYear - 1))
        }
    }

    /// Whether a zone of this name exists.
    static func isZone(_ name: String) -> Bool { offset(of: name, at: 0) != nil }

    private static func offset(of zone: String, at seconds: Int64) -> Int64? {
        let digits = zone.hasPrefix("-") || zone.hasPrefix("+") ? zone.dropFirst() : zone[...]
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int64(parts[0]),
            let minutes = Int64(parts[1])
        {
            guard hours < 24, minutes < 60 else { return nil }
            return (hours * 3_600 + minutes * 60) * (zone.hasPrefix("-") ? -1 : 1)
        }
        guard let found = TimeZone(identifier: zone) else { return nil }
        return Int64(found.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}
