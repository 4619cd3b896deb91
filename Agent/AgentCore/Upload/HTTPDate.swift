internal import Values

/// The date of an HTTP answer (RFC 9110 section 5.6.7, the one form that servers may send).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970-01-01T00:00:00Z of `Wed, 25 Nov 2026 09:38:52 GMT`; nil for anything else.
    static func seconds(of text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let time = parts[4].split(separator: ":")
        guard time.count == 3, parts[4].count == 8,
            let date = LocalDate(year: year, month: month + 1, day: day),
            let hours = Int(time[0]), let minutes = Int(time[1]), let seconds = Int(time[2]),
            (0...23).contains(hours), (0...59).contains(minutes), (0...60).contains(seconds)
        else { return nil }
        return LocalDateTime(date).secondsSinceEpoch + Int64(hours * 3_600 + minutes * 60 + seconds)
    }
}
