// Public and frozen: see LocalDate.
/// An instant in years 1 to 9999, to the nanosecond.
@frozen
public struct Timestamp: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int64
    /// Nanoseconds on top of `seconds`, 0 to 999,999,999.
    public let nanoseconds: Int32

    /// 0001-01-01T00:00:00Z.
    public static let first = Timestamp(uncheckedSeconds: -62_135_596_800, nanoseconds: 0)
    /// 9999-12-31T23:59:59.999999999Z.
    public static let last = Timestamp(uncheckedSeconds: 253_402_300_799, nanoseconds: 999_999_999)

    private init(uncheckedSeconds seconds: Int64, nanoseconds: Int32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The instant with these numbers; `nil` outside years 1 to 9999 or with nanoseconds outside a second.
    @inlinable
    public init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard seconds >= -62_135_596_800, seconds <= 253_402_300_799, nanoseconds >= 0,
            nanoseconds < 1_000_000_000
        else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Whether `a` comes before `b`.
    @inlinable
    public static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.seconds == b.seconds ? a.nanoseconds < b.nanoseconds : a.seconds < b.seconds
    }

    /// The instant `duration` later; `nil` outside years 1 to 9999.
    public func adding(_ duration: Duration) -> Timestamp? {
        let (whole, attoseconds) = duration.components
        var nanos = Int64(nanoseconds) + attoseconds / 1_000_000_000
        let (sum, overflow) = seconds.addingReportingOverflow(whole)
        if overflow { return nil }
        var total = sum
        if nanos < 0 {
            nanos += 1_000_000_000
            total = total.subtractingReportingOverflow(1).partialValue
        } else if nanos >= 1_000_000_000 {
            nanos -= 1_000_000_000
            total = total.addingReportingOverflow(1).partialValue
        }
        return Timestamp(seconds: total, nanoseconds: Int32(truncatingIfNeeded: nanos))
    }

    /// How long after `other` this instant is (negative if before).
    public func duration(since other: Timestamp) -> Duration {
        .seconds(seconds - other.seconds) + .nanoseconds(Int64(nanoseconds) - Int64(other.nanoseconds))
    }

    /// The day in UTC.
    public var utcDate: LocalDate {
        // In range by construction: the seconds are those of years 1 to 9999.
        LocalDate(daysSinceEpoch: Int(floorDivided(seconds, 86_400))) ?? LocalDate(epoch: ())
    }

    /// Seconds since midnight in UTC.
    public var utcSecondsOfDay: Int { Int(seconds - floorDivided(seconds, 86_400) * 86_400) }
}

/// The quotient rounded towards minus infinity; `divisor` must be positive.
func floorDivided(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}

extension LocalDate {
    /// 1970-01-01.
    init(epoch: Void) { daysSinceEpoch = 0 }
}

extension Timestamp: CustomStringConvertible {
    /// Reads RFC 3339, for example `2026-03-05T06:00:00.25+01:00`; at most nine digits after the point.
    ///
    /// `T` and `Z` are upper case, an offset is written with its colon, and there is no second 60.
    public init?(parsing text: some StringProtocol) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T"), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            hour < 24, minute < 60, second < 60,
            let date = LocalDate(year: year, month: month, day: day)
        else { return nil }
        var nanos: Int32 = 0
        if reader.skip(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanos = fraction
        }
        guard let offset = Self.offset(&reader), reader.atEnd else { return nil }
        let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        self.init(seconds: local - Int64(offset), nanoseconds: nanos)
    }

    private static func offset(_ reader: inout DigitReader<some Collection<UInt8>>) -> Int? {
        if reader.skip("Z") { return 0 }
        let east = reader.skip("+")
        guard east || reader.skip("-"), let hours = reader.number(2), reader.skip(":"),
            let minutes = reader.number(2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (east ? 1 : -1)
    }

    /// RFC 3339 in UTC, with as many digits after the point as it takes, for example `2026-03-05T06:00:00.25Z`.
    public var description: String {
        let rest = utcSecondsOfDay
        var text =
            "\(utcDate)T\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        if nanoseconds > 0 {
            var digits = padded(Int(nanoseconds), 9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }
}
