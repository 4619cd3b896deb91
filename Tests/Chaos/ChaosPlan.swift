import Foundation
import TestSupport

/// What is done to a running day, and when: all of it from one seed.
struct ChaosPlan: Sendable {
    /// One blow.
    enum Blow: Hashable, Sendable, CaseIterable {
        case killAgent, killWorker, killRelay
        /// The agent is killed, its spool is deleted, and it is started again.
        case deleteSpool
        /// The agent is killed and its spool is copied aside; later the copy is put in its place.
        case copySpool, restoreSpool
    }

    /// A blow with its moment.
    struct Moment: Sendable {
        /// From the day's start.
        let at: Duration
        let blow: Blow
        /// Chooses among workers, and how long a program stays away.
        let pick: UInt64

        /// How long an agent or relay stays away: every third for up to 1.5 s, so that the other has to do without.
        var away: Duration { pick.isMultiple(of: 3) ? .milliseconds(Int64(pick % 1_500)) : .zero }
    }

    let seed: UInt64
    /// In the order of time.
    let moments: [Moment]
    /// How long blows fall.
    let length: Duration
    let documentsPerMinute: Int
    private let seconds: Int
    private let kills: Int

    /// Whether it is long enough for every fault to be met.
    var isWhole: Bool { seconds >= 300 && kills >= 50 }

    /// What plays it again.
    func command(_ test: String) -> String {
        "CHAOS_SEED=\(seed) CHAOS_SECONDS=\(seconds) CHAOS_KILLS=\(kills) "
            + "swift test --skip-build --filter 'ChaosTests/\(test)'"
    }

    /// The plan of the environment: `CHAOS_SEED`, `CHAOS_SECONDS` (300) and `CHAOS_KILLS` (50 of each program).
    init(run: UInt64) {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["CHAOS_SECONDS"].flatMap(Int.init) ?? 300
        let kills = environment["CHAOS_KILLS"].flatMap(Int.init) ?? 50
        self.init(
            seed: environment["CHAOS_SEED"].flatMap(UInt64.init) ?? 20 + run, seconds: seconds, kills: kills)
    }

    init(seed: UInt64, seconds: Int, kills: Int) {
        self.seed = seed
        self.seconds = seconds
        self.kills = kills
        length = .seconds(seconds)
        documentsPerMinute = 60
        var random = SeededRandom(seed: seed)
        var moments: [Moment] = []
        for blow in [Blow.killAgent, .killWorker, .killRelay] {
            for _ in 0..<kills {
                moments.append(
                    Moment(
                        at: .milliseconds(Int.random(in: 0..<seconds * 1_000, using: &random)), blow: blow,
                        pick: random.next()))
            }
        }
        // Shares of the length: the copy is made, the spool is lost, and much later the copy comes back.
        for (blow, share) in [(Blow.copySpool, 20), (.deleteSpool, 45), (.restoreSpool, 70)] {
            moments.append(Moment(at: .milliseconds(seconds * 10 * share), blow: blow, pick: 0))
        }
        self.moments = moments.sorted { $0.at < $1.at }
    }
}
