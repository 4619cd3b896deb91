/// Why a text is not used as a telephone number.
package enum PhoneNumberError: Error, Hashable, Sendable {
    /// There are words beside the number, or two numbers.
    case holdsLetters
    /// It has no digits, or the numbering plan cannot read them.
    case notANumber
    /// It is written without country and none is known.
    case countryUnknown
    /// Its length is one that the plan does not have.
    case notPossible
    /// It can be read as a number of its country and, with a + before it, as this one.
    case ambiguous(String)
    /// The country changed its numbers; the text says how they are written now.
    case outdated(String)
}

extension PhoneNumberError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .holdsLetters: "There is text beside the number. Leave only one number in the field."
        case .notANumber: "This is not a telephone number."
        case .countryUnknown: "The number has no country. Write it with + and the country's code."
        case .notPossible: "No telephone number has this length. Check its digits."
        case .ambiguous(let other): "The number may also be \(other). Write it with + and the country's code."
        case .outdated(let now): "The number is of an old plan. \(now)"
        }
    }
}
