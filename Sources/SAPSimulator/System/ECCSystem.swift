import Synchronization

/// The simulated SAP ECC: dictionary, tables, users, faults and clock.
package final class ECCSystem: Sendable {
    /// What tells one system from another.
    package struct Identity: Sendable {
        /// Three letters.
        package var systemID = "SIM"
        /// The client that holds the data; its role is production.
        package var client = "100"
        /// The system's zone, seconds east of UTC.
        package var zoneSeconds = 3600
        /// Modules that a customer's own development added: of those that not every system has, these are there.
        package var ownModules: Set<String> = []

        package init() {}
    }

    /// Which system and client it is.
    package let identity: Identity
    let dictionary = DataDictionary.ecc
    let tables: TableStore
    let users = UserDirectory()
    let faults = Faults()
    private let clock: @Sendable () -> Double
    private let clockShift = Mutex(0.0)
    private let random: Mutex<SeededNumbers>
    private let calls = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - seed: decides the order of rows and the documents of a day.
    ///   - clock: seconds since 1970, UTC.
    package init(identity: Identity = Identity(), seed: UInt64, clock: @escaping @Sendable () -> Double) {
        self.identity = identity
        self.clock = clock
        tables = TableStore(dictionary: .ecc)
        random = Mutex(SeededNumbers(seed: seed))
    }

    private static let optionalModules: Set<String> = ["BAPI_VENDOR_GETLIST"]

    /// The interface of a function module that this system has; nil where it has none of that name.
    func function(_ name: String) -> FunctionInterface? {
        if Self.optionalModules.contains(name), !identity.ownModules.contains(name) { return nil }
        return dictionary.functions[name]
    }

    /// Seconds since 1970 (UTC) by the system's own clock: what its stamps are made of.
    func now() -> Double { instant() + clockShift.withLock { $0 } }

    /// Seconds since 1970 (UTC) by the host's clock.
    ///
    /// Commits live by it: a clock of SAP's that is set back takes no committed row away.
    func instant() -> Double { clock() }

    /// Sets the system's clock ahead of the real one, or behind it.
    func shiftClock(by seconds: Double) { clockShift.withLock { $0 = seconds } }

    /// Date and time as SAP writes them, in the system's zone.
    func stamp(_ instant: Double) -> (date: String, time: String) {
        SAPCalendar.stamp(seconds: Int(instant.rounded(.down)) + identity.zoneSeconds)
    }

    /// The rows in another order each time.
    func shuffled<Element: Sendable>(_ rows: [Element]) -> [Element] {
        random.withLock { numbers in
            var rows = rows
            rows.shuffle(using: &numbers)
            return rows
        }
    }

    /// Counts one call of a function.
    func count(_ function: String) { calls.withLock { $0[function, default: 0] += 1 } }

    /// Calls so far, by function.
    package var callCounts: [String: Int] { calls.withLock { $0 } }

    /// Makes a user that can log on.
    package func addUser(_ name: String, client: String, password: String) {
        users.set(name, client: client, password: password)
    }

    /// Puts a committed row into a table; columns not named are initial.
    package func put(_ table: String, _ values: [String: String], seenAfter seconds: Double = 0) {
        tables.put([(table, values)], seenFrom: instant() + seconds)
    }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Dates as SAP writes them.
enum SAPCalendar {
    /// YYYYMMDD and HHMMSS of local seconds since 1970.
    static func stamp(seconds: Int) -> (date: String, time: String) {
        let days = Int((Double(seconds) / 86400).rounded(.down))
        let rest = seconds - days * 86400
        // Civil date from a day count, after Howard Hinnant's published algorithm.
        let shifted = days + 719468
        let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
        let dayOfEra = shifted - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (
            padded(year, 4) + padded(month, 2) + padded(day, 2),
            padded(rest / 3600, 2) + padded(rest / 60 % 60, 2) + padded(rest % 60, 2)
        )
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
