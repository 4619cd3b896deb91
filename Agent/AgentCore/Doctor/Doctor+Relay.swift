internal import Cryptography
internal import HTTPTransport
internal import Values

/// Pairing, the way to the relay, and its clock.
///
/// Never a sync: the relay would take this command for a later process of the agent.
extension Doctor {
    func relay() async -> [DoctorFinding] {
        let paired: PairedRelay
        do { paired = try context.paired().relay } catch {
            return [
                Self.failed("pairing", error),
                DoctorFinding("relay", .skipped, "Its address comes with the pairing."),
            ]
        }
        let pairing = DoctorFinding(
            "pairing", .ok,
            "\(paired.agent) at \(paired.address.text), relay key \(paired.relayKey.fingerprint.grouped).")
        do {
            var request = TransportRequest("GET", paired.address.text + "/healthz", timeout: .seconds(15))
            request.trust = paired.trust
            request.proxy = try context.proxy()
            let response = try await context.transport().send(request)
            return [
                pairing, DoctorFinding("relay", .ok, "It answers, with the pinned authority."),
                relayClock(response),
            ]
        } catch {
            return [pairing, Self.failed("relay", error)]
        }
    }

    private func relayClock(_ response: TransportResponse) -> DoctorFinding {
        guard let date = response.header("date").flatMap(HTTPDate.seconds(of:)) else {
            return DoctorFinding("relay's time", .skipped, "It does not say what time it is.")
        }
        let difference = date - context.clock.now / 1_000
        let detail = "The host's clock and the relay's differ by \(abs(difference)) s."
        guard abs(difference) > 120 else { return DoctorFinding("relay's time", .ok, detail) }
        return DoctorFinding(
            "relay's time", .warning, detail,
            remedy: "Set the host's clock by NTP; the agent works by the relay's time meanwhile.")
    }
}
