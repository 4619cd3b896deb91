internal import ConnectorProtocol
internal import Cryptography
internal import Values

/// Pairing, the way to the relay, and its clock.
extension Doctor {
    func relay() async -> [DoctorFinding] {
        let (paired, key): (PairedRelay, Ed25519.PrivateKey)
        do { (paired, key) = try context.paired() } catch {
            return [
                Self.failed("pairing", error),
                DoctorFinding("relay", .skipped, "Its address comes with the pairing."),
            ]
        }
        let pairing = DoctorFinding(
            "pairing", .ok,
            "\(paired.agent) at \(paired.address.text), relay key \(paired.relayKey.fingerprint.grouped).")
        do {
            let time = RelayTime(host: context.clock)
            let endpoint = RelayEndpoint(
                paired, key: key, transport: try context.transport(), time: time, proxy: try context.proxy())
            return [pairing, Self.finding(of: await endpoint.objection()), clock(time)]
        } catch {
            return [pairing, Self.failed("relay", error)]
        }
    }

    private static func finding(of objection: RelayOutcome<Never>?) -> DoctorFinding {
        switch objection {
        case nil: DoctorFinding("relay", .ok, "It answers, and believes this agent's key.")
        case .silent(let silence): DoctorFinding("relay", .failed, silence.description)
        case .refused(let problem, _):
            DoctorFinding(
                "relay", .failed, problem.type.sentence(problem.detail), remedy: problem.type.remedy)
        }
    }

    private func clock(_ time: RelayTime) -> DoctorFinding {
        guard time.isKnown else {
            return DoctorFinding("relay's time", .skipped, "The relay did not say what time it is.")
        }
        let difference = abs(time.ahead.milliseconds / 1_000)
        let detail = "The host's clock and the relay's differ by \(difference) s."
        guard difference > 120 else { return DoctorFinding("relay's time", .ok, detail) }
        return DoctorFinding(
            "relay's time", .warning, detail,
            remedy: "Set the host's clock by NTP; the agent works by the relay's time meanwhile.")
    }
}
