import Foundation
import TestSupport
import Testing
import WholeChain

/// Everything is killed at seeded moments of a running day, and the stand-ins' own ledgers judge.
///
/// Serialised: each run needs the machine for itself.
@Suite("Chaos", .serialized)
struct ChaosTests {
    /// Faults of Twilio; what is withheld comes within 5 s, or never.
    private static func faults(withholdForGood: Bool) -> String {
        let withheld =
            withholdForGood
            ? #"{"kind":"callback_withheld","probability":0.05}"#
            : #"{"kind":"callback_withheld","probability":0.1,"ms":4500}"#
        return """
            {"faults":[
            {"kind":"accept_then_reset","probability":0.08,"reused":true},
            {"kind":"answer_lost","probability":0.06},
            {"kind":"rate_limited","probability":0.04},
            {"kind":"error_before","probability":0.04},
            {"kind":"callback_first","probability":0.1},
            {"kind":"callback_repeated","probability":0.1},
            {"kind":"callback_reordered","probability":0.1},
            \(withheld)]}
            """
    }

    private func run(
        _ number: UInt64, _ test: String, policy: String, withholdForGood: Bool,
        isSettled: @escaping @Sendable (Verdict) -> Bool,
    ) async throws -> ChaosResult {
        let plan = ChaosPlan(run: number)
        print("run \(number): \(plan.documentsPerMinute) documents a minute; again: \(plan.command(test))")
        var settings = ChainSettings()
        settings.seed = plan.seed
        settings.sendTimes = .short
        settings.deliveryPolicy = policy
        settings.listLagMilliseconds = 1_500
        let folder = try ChainFolder()
        do {
            let result = try await Chain.run(
                folder: folder, settings: settings, programs: try ChainPrograms()
            ) { chain in
                try await chain.twilioControl.put("/faults", Self.faults(withholdForGood: withholdForGood))
                let day = ChaosDay(chain: chain, plan: plan)
                let report = try await day.play()
                print("blows: \(report)")
                let faults = try await FaultCounts(chain)
                print("faults: \(faults)")
                try await chain.twilioControl.put("/faults", #"{"faults":[]}"#)
                let verdict = try await day.settled(within: .seconds(150), isSettled)
                let open = try await OpenEnd.all(of: chain)
                return ChaosResult(plan: plan, faults: faults, verdict: verdict, open: open)
            }
            print("run \(number): \(result)")
            if isSettled(result.verdict), result.problems.isEmpty {
                folder.remove()
            } else {
                print("databases and logs: \(folder.path)")
            }
            return result
        } catch {
            print("databases and logs: \(folder.path)")
            throw error
        }
    }

    @Test(
        "at-least-once under kills and faults: every document journaled once, every notification accepted once"
    )
    func atLeastOnce() async throws {
        let result = try await run(1, "atLeastOnce", policy: "at-least-once", withholdForGood: false) {
            verdict in
            verdict.isClean && verdict.openEnds.isEmpty && verdict.accepted == verdict.notifications
                && verdict.unconfirmed == 0
        }
        let verdict = result.verdict
        #expect(result.problems == [])
        #expect(verdict.lost == [])
        #expect(verdict.doubled == [])
        #expect(verdict.invented == [])
        #expect(verdict.openEnds == [])
        #expect(verdict.accepted == verdict.notifications)
        #expect(verdict.journaled == verdict.facts)
        #expect(verdict.facts > 0)
    }

    @Test(
        "at-most-once with callbacks withheld for good: nothing accepted twice, the rest stands as unconfirmed"
    )
    func atMostOnce() async throws {
        let result = try await run(2, "atMostOnce", policy: "at-most-once", withholdForGood: true) {
            verdict in
            verdict.isClean && verdict.accepted + verdict.openEnds.count == verdict.notifications
        }
        let verdict = result.verdict
        #expect(result.problems == [])
        #expect(verdict.lost == [])
        #expect(verdict.doubled == [])
        #expect(verdict.invented == [])
        #expect(verdict.accepted + verdict.openEnds.count == verdict.notifications)
        #expect(verdict.journaled == verdict.facts)
        #expect(verdict.facts > 0)
    }
}
