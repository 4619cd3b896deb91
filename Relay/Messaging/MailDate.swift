/// Dates of RFC 2822 as Twilio writes them, and of HTTP's fields: `Thu, 24 Aug 2023 05:01:45 +0000`, or `GMT`.
enum MailDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970; nil for any other form.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, let day = Int64(parts[1]),
            let month = months.firstIndex(of: String(parts[2])),
            let year = Int64(parts[3]), 1970...9999 ~= year, 1...31 ~= day, let zone = zone(parts[5])
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, 0...23 ~= clock[0], 0...59 ~= clock[1], 0...60 ~= clock[2] else { return nil }
        // Days from the civil date, with years that begin in March.
        let shifted = month < 2 ? year - 1 : year
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((Int64(month) + 10) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = shifted / 400 * 146_097 + dayOfEra - 719_468
        return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2] - zone
    }

    private static func zone(_ text: Substring) -> Int64? {
        if text == "GMT" { return 0 }
        guard text.utf8.count == 5, let digits = Int64(text.dropFirst()) else { return nil }
        let seconds = digits / 100 * 3600 + digits % 100 * 60
        return text.hasPrefix("-") ? -seconds : seconds
    }
}
