internal import SAPAccess
internal import Values

/// What `doctor` asks SAP: who answers, its clock, and whether the user may read what the feeds need.
struct SAPExamination: Sendable {
    let configuration: SourceConfiguration
    let allowed: AllowList
    let clock: HostClock
    let pinned: SystemPin?
    /// Signatures and schedules bear more; a person should know of less.
    private let clockTolerance: Int64 = 120

    func run(_ source: RFCSource) async -> [DoctorFinding] {
        let system: SAPSystem
        do { system = try await source.systemInformation() } catch {
            return [Doctor.failed("logon", error)]
        }
        var findings = [
            DoctorFinding(
                "logon", .ok,
                "\(SystemPin(system).summary), release \(system.release), as \(system.user), code page "
                    + "\(system.codePage)."),
            role(system), identity(system),
        ]
        findings.append(await clockCheck(source))
        for table in allowed.tables { findings.append(await tableCheck(table, source)) }
        for function in allowed.functions { findings.append(await functionCheck(function, source)) }
        return findings
    }

    private func role(_ system: SAPSystem) -> DoctorFinding {
        if system.isProduction { return DoctorFinding("client role", .ok, "Production.") }
        if configuration.mode == .live {
            return DoctorFinding("client role", .warning, "Not production, and polled by `mode: live`.")
        }
        return DoctorFinding(
            "client role", .failed, "Not production: its feeds are not polled.",
            remedy: "Set `mode: live` for the source, if its messages may go out.")
    }

    private func identity(_ system: SAPSystem) -> DoctorFinding {
        guard let pinned else {
            return DoctorFinding("pinned system", .ok, "None yet; the first one met is pinned.")
        }
        guard pinned != SystemPin(system) else { return DoctorFinding("pinned system", .ok, "The same.") }
        return DoctorFinding(
            "pinned system", .failed, "\(pinned.summary) is pinned, another answers.",
            remedy: "Run `ml-agent accept-system`, if the change is wanted.")
    }

    private func clockCheck(_ source: RFCSource) async -> DoctorFinding {
        do {
            let instant = try await source.sapNow()
            let host = clock.now / 1_000
            let offset = Int64(instant.offsetSeconds)
            let difference = instant.local.secondsSinceEpoch - offset - host
            let zone = "UTC\(offset < 0 ? "-" : "+")\(abs(offset) / 3_600) h \(abs(offset) % 3_600 / 60) min"
            let detail =
                "SAP shows \(instant.local), \(zone); the host's clock differs by \(abs(difference)) s."
            guard abs(difference) > clockTolerance else { return DoctorFinding("time", .ok, detail) }
            return DoctorFinding(
                "time", .warning, detail,
                remedy: "Set the clocks by NTP, and check the time zone in SAP (STZAC).")
        } catch {
            return Doctor.failed("time", error)
        }
    }

    /// Reads nothing that exists: SAP checks the authorisation before it looks.
    private func tableCheck(_ table: String, _ source: RFCSource) async -> DoctorFinding {
        let check = "table \(table)"
        let columns = allowed.columns(of: table)
        do {
            let definition = try await source.definition(of: table)
            let missing = columns.filter { definition.column($0) == nil }
            guard missing.isEmpty else {
                return DoctorFinding(
                    check, .failed, "This system lacks \(missing.joined(separator: ", ")).",
                    remedy: "Correct the feed, or replace it by one of your own (paths.feeds).")
            }
            let column = columns.first { definition.column($0)?.type == "CHAR" } ?? columns.first
            guard let column else { return DoctorFinding(check, .skipped, "No column of it is read.") }
            _ = try await source.readTable(
                TableQuery(
                    table: table, columns: [column], condition: .compare(column, .equal, .text("!"))))
            return DoctorFinding(check, .ok, "\(columns.count) columns may be read.")
        } catch {
            return Doctor.failed(check, error)
        }
    }

    private func functionCheck(_ function: String, _ source: RFCSource) async -> DoctorFinding {
        do {
            _ = try await source.interface(of: function)
            return DoctorFinding("function \(function)", .ok, "Is there.")
        } catch {
            return Doctor.failed("function \(function)", error)
        }
    }
}
