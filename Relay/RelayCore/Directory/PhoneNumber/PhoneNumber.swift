internal import CPhoneNumber

/// A telephone number in E.164, made in the directory and nowhere else (DESIGN.md 6.3).
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    /// What a person should look at before the number is used.
    package enum Note: String, Hashable, Sendable {
        /// The numbering plan does not know it; it was written with + and 8 to 15 digits and is kept as written.
        case unknownToPlan
        /// It belongs to another country than its owner: to be confirmed before anything is sent.
        case otherCountry
    }

    /// `+491701234567`.
    package let e164: String
    /// Two letters; empty where the plan does not know the number.
    package let region: String
    /// Whether a text message can reach it, as far as the plan tells: false for fixed lines and services.
    package let maySMS: Bool
    /// Nil where nothing has to be looked at.
    package let note: Note?

    package var description: String { e164 }

    /// Reads a number as SAP or a file holds it.
    ///
    /// - Parameters:
    ///   - text: with the usual separators; digits of other scripts and invisible marks are understood.
    ///   - country: two letters, where the number is dialled from and whose number it should be; nil where
    ///     that is not known.
    /// - Throws: why it is not used; nothing is guessed.
    package static func parse(
        _ text: String, country: String? = nil,
    ) throws(PhoneNumberError) -> PhoneNumber {
        let written = PhoneText(text)
        // libphonenumber dials letters: "FAX" would become 329 of somebody else's number (case C084).
        guard !written.hasLetters else { throw .holdsLetters }
        guard written.digits.count >= 3 else { throw .notANumber }
        let corrected = try PlanCorrection.apply(to: written)
        let found = ml_phone_parse(corrected.text, country ?? "ZZ")
        guard found.parsed == 1 else { throw corrected.isInternational ? .notANumber : .countryUnknown }
        let e164 = withUnsafeBytes(of: found.e164) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let region = withUnsafeBytes(of: found.region) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        // What the plan takes for an extension cannot be sent to, and may be another number.
        guard corrected.digits.hasSuffix(e164.suffix(4)) else { throw .holdsLetters }
        if !corrected.isInternational {
            // Written without + it may be national or international; where both read well a person decides.
            let code = String(found.calling_code)
            if written.digits.hasPrefix(code), country != nil,
                ml_phone_parse("+" + written.digits, "ZZ").valid == 1
            {
                throw .ambiguous("+" + written.digits)
            }
            guard found.possible == 1, found.valid == 1 else { throw .notPossible }
        }
        if found.valid == 0 {
            // A plan of 2022 does not know later numbers; the provider's answer judges them.
            guard (8...15).contains(written.digits.count), e164.dropFirst() == written.digits else {
                throw .notPossible
            }
            return PhoneNumber(e164: e164, region: "", maySMS: true, note: .unknownToPlan)
        }
        // Territories share the calling code of their mainland (GG and GB, VA and IT): compare codes, not regions.
        let expected = country.map { ml_phone_calling_code($0) } ?? found.calling_code
        let isOther = expected != 0 && expected != found.calling_code
        return PhoneNumber(
            e164: e164, region: region, maySMS: found.kind.maySMS, note: isOther ? .otherCountry : nil)
    }
}

extension ml_phone_kind {
    fileprivate var maySMS: Bool {
        self == ML_PHONE_MOBILE || self == ML_PHONE_FIXED_LINE_OR_MOBILE || self == ML_PHONE_PERSONAL_NUMBER
            || self == ML_PHONE_VOIP || self == ML_PHONE_UNKNOWN
    }
}
