import TestSupport
import Testing

@testable import RelayCore

@Suite("Hints between the loops of one process")
struct WakeUpTests {
    @Test("A hint given before the wait ends it at once")
    func before() async {
        let wakeUp = WakeUp()
        wakeUp.notify()
        let clock = ContinuousClock()
        let spent = await clock.measure { await wakeUp.wait(upTo: .seconds(60)) }
        #expect(spent < .seconds(30))
    }

    @Test("A hint given during the wait ends it")
    func during() async {
        let wakeUp = WakeUp()
        let clock = ContinuousClock()
        let spent = await clock.measure {
            async let waiting: Void = wakeUp.wait(upTo: .seconds(60))
            wakeUp.notify()
            await waiting
        }
        #expect(spent < .seconds(30))
    }
}
