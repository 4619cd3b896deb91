internal import ConnectorProtocol
internal import Foundation
internal import Values

/// How numbers, dates and times are written for one recipient.
///
/// No thousands are grouped unless a template asks for it, so that a figure in a message is the figure of the rule
/// and of the audit (cases C011, C023).
struct ValueFormat: Sendable {
    private enum DateForm: Sendable { case iso, dots, slashes, dashes }

    private let isCommaDecimal: Bool
    private let dateForm: DateForm
    private let zone: TimeZone?

    private static let commaDecimal: Set<String> = [
        "de", "fr", "it", "es", "pt", "nl", "pl", "cs", "sk", "sl", "hr", "hu", "ro", "bg", "el", "ru", "uk",
        "tr", "sv", "da", "no", "nb", "nn", "fi", "et", "lv", "lt",
    ]
    private static let dots: Set<String> = [
        "de", "pl", "cs", "sk", "sl", "hr", "ro", "bg", "ru", "uk", "tr", "da", "no", "nb", "nn", "fi", "et",
        "lv",
    ]

    /// - Parameter locale: `de`, `de-AT`, `pt_BR`; anything unknown is written as ISO 8601 with a point.
    init(locale: String, timeZone: String?) {
        let language = LocaleTag.language(of: locale)
        let region = LocaleTag.region(of: locale)
        // Switzerland and Liechtenstein write amounts with a point in every language.
        isCommaDecimal = Self.commaDecimal.contains(language) && region != "ch" && region != "li"
        if Self.dots.contains(language) {
            dateForm = .dots
        } else if ["fr", "it", "es", "pt", "el"].contains(language) {
            dateForm = .slashes
        } else {
            dateForm = language == "nl" ? .dashes : .iso
        }
        zone = timeZone.flatMap { TimeZone(identifier: $0) }
    }

    func text(_ date: LocalDate) -> String {
        let (year, month, day) = date.civil
        let separator: String
        switch dateForm {
        case .iso: return date.description
        case .dots: separator = "."
        case .slashes: separator = "/"
        case .dashes: separator = "-"
        }
        return [Self.padded(day, 2), Self.padded(month, 2), Self.padded(year, 4)].joined(separator: separator)
    }

    func text(_ time: TimeOfDay) -> String { String(time.description.prefix(5)) }

    /// Date and time of day to the minute in the recipient's zone, with the zone's name.
    func text(_ timestamp: Timestamp) -> String {
        let seconds = Double(timestamp.seconds)
        let offset = zone?.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)) ?? 0
        let name = zone?.abbreviation(for: Date(timeIntervalSince1970: seconds)) ?? "UTC"
        let local = Timestamp(seconds: timestamp.seconds + Int64(offset)) ?? timestamp
        let minute = local.utcSecondsOfDay / 60
        return "\(text(local.utcDate)) \(Self.padded(minute / 60, 2)):\(Self.padded(minute % 60, 2)) \(name)"
    }

    /// A number with the decimal sign of the language; an amount keeps its digits, other numbers lose zeros at the end.
    func text(_ number: ExactDecimal, isMoney: Bool, isGrouped: Bool = false) -> String {
        let digits = (isMoney ? number : number.normalized).description
        let parts = digits.split(separator: ".")
        var whole = String(parts[0])
        if isGrouped { whole = grouped(whole) }
        return parts.count == 2 ? whole + (isCommaDecimal ? "," : ".") + parts[1] : whole
    }

    private func grouped(_ whole: String) -> String {
        var groups: [Substring] = []
        var rest = whole.drop { $0 == "-" }
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        groups.insert(rest, at: 0)
        return (whole.hasPrefix("-") ? "-" : "") + groups.joined(separator: isCommaDecimal ? "." : ",")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Parts of a language tag, `de-AT` or `de_AT`.
enum LocaleTag {
    static func language(of tag: String) -> String {
        String(tag.prefix { $0 != "-" && $0 != "_" }).lowercased()
    }

    static func region(of tag: String) -> String? {
        let rest = tag.drop { $0 != "-" && $0 != "_" }.dropFirst()
        return rest.isEmpty ? nil : String(rest.prefix { $0 != "-" && $0 != "_" }).lowercased()
    }

    /// Whether `tag` has the form of a language tag with an optional region.
    static func isWellFormed(_ tag: String) -> Bool {
        let language = tag.prefix { $0 != "-" && $0 != "_" }
        let rest = tag.dropFirst(language.count)
        return (2...3).contains(language.count) && language.allSatisfy { $0.isASCII && $0.isLetter }
            && (rest.isEmpty
                || (2...4).contains(rest.count - 1)
                    && rest.dropFirst().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }
}
