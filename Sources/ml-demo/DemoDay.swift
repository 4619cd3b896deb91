import WholeChain

/// One day of the demo: start, watch, wait until everything has settled.
struct DemoDay: Sendable {
    let chain: Chain
    /// Nil: until Ctrl-C.
    let documents: Int?
    let rate: Double
    let view: LiveView
    let interruptions: Interruptions

    func play() async throws -> Verdict {
        view.note("waiting for the agent's first poll")
        try await chain.waitForFirstPoll()
        try await chain.startDay(documents: documents, perMinute: rate)
        interruptions.dayBegins()
        if documents == nil { view.invite(chain) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch() }
            group.addTask { await interruptions.untilDayIsToEnd() }
            if documents != nil { group.addTask { try await untilDayIsOver() } }
            try await group.next()
            group.cancelAll()
        }
        interruptions.dayIsOver()
        if try await chain.dayProgress().isRunning { try await chain.stopDay() }
        view.note("the day is over; waiting until everything has settled (Ctrl-C stops without a verdict)")
        return try await settled()
    }

    private func watch() async throws {
        while true {
            try await show()
            try await ContinuousClock().sleep(for: .milliseconds(700))
        }
    }

    private func show() async throws {
        view.show(
            try await chain.latestNotifications(), sap: try await chain.dayProgress(),
            twilio: try await chain.deliveryProgress())
    }

    private func untilDayIsOver() async throws {
        while try await chain.dayProgress().isRunning {
            try await ContinuousClock().sleep(for: .milliseconds(300))
        }
    }

    /// The verdict as soon as it is good and every delivery has ended, or when nothing has moved for two minutes.
    private func settled() async throws -> Verdict {
        let clock = ContinuousClock()
        var last = Verdict()
        var end = clock.now.advanced(by: .seconds(120))
        while true {
            let verdict = try await chain.verdict()
            try await show()
            let isSettled = verdict.isClean && verdict.delivered == verdict.notifications
            if isSettled { return verdict }
            if verdict != last { end = clock.now.advanced(by: .seconds(120)) }
            if clock.now >= end { return verdict }
            last = verdict
            try await clock.sleep(for: .seconds(1))
        }
    }
}
