internal import ConnectorProtocol
internal import Cryptography
internal import Values

/// Pairing, the way to the relay, and its clock.
extension Doctor {
    func relay() async -> [DoctorFinding] {
        do {
            let (paired, key) = try context.paired()
            let finding = DoctorFinding(
                "pairing", .ok,
                "\(paired.agent) at \(paired.address.text), relay key \(paired.relayKey.fingerprint.grouped)."
            )
            let time = RelayTime(host: context.clock)
            let endpoint = RelayEndpoint(
                paired, key: key, transport: try context.transport(), time: time, proxy: try context.proxy())
            return [finding, Self.finding(of: await endpoint.objection()), clock(time)]
        } catch let error as ConfigurationError where error == .notPaired {
            return [
                Self.failed("pairing", error),
                DoctorFinding("relay", .skipped, "Its address comes with the pairing."),
            ]
        } catch {
            return [Self.failed("relay", error)]
        }
    }

    private static func finding(of objection: RelayOutcome<Never>?) -> DoctorFinding {
        switch objection {
        case nil: DoctorFinding("relay", .ok, "It answers, and believes this agent's key.")
        case .silent(let silence): DoctorFinding("relay", .failed, silence.description)
        case .refused(let problem, _):
            DoctorFinding("relay", .failed, problem.sentence, remedy: problem.type.remedyAtDoctor)
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

extension ProblemType {
    /// What the person at this host can do.
    fileprivate var remedyAtDoctor: String {
        switch self {
        case .unknownKey, .revokedKey, .wrongAgent:
            "Ask the relay's operator: `ml-relay agents list` shows this agent's state; to pair anew is "
                + "`ml-agent pair --replace`."
        case .unavailable, .noRoom, .tooMany: "Try again later, or ask the relay's operator."
        default: "Check that agent and relay are of versions that fit."
        }
    }
}
