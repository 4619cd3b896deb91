internal import Cryptography
internal import FoundationEssentials
internal import Glibc

/// Files, secrets and disk of this host.
extension Doctor {
    func installation() async -> [DoctorFinding] {
        [secrets(), await spoolFile(), disk()]
    }

    private func secrets() -> DoctorFinding {
        do {
            guard try context.vault.secret(.sapPassword) != nil else {
                let missing = ConfigurationError.secretMissing(AgentSecretName.sapPassword.rawValue)
                return Self.failed("secrets", missing)
            }
            return DoctorFinding("secrets", .ok, "The vault opens, and SAP's password is in it.")
        } catch {
            return Self.failed("secrets", error)
        }
    }

    private func spoolFile() async -> DoctorFinding {
        let path = context.configuration.paths.spool
        do {
            _ = try await context.openSpoolReadOnly()
        } catch {
            return Self.failed("spool", error)
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            return DoctorFinding(
                "spool", .failed, "\(path) cannot be written by this user.",
                remedy: "Run as the agent's user, or correct owner and mode.")
        }
        return DoctorFinding("spool", .ok, "\(path).")
    }

    private func disk() -> DoctorFinding {
        let folder = AgentPaths.folder(of: context.configuration.paths.spool)
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            return DoctorFinding("disk", .warning, "The free space of \(folder) is unknown.")
        }
        let bytes = Int64(clamping: status.f_bavail) * Int64(clamping: status.f_frsize)
        let limits = context.configuration.limits
        let wanted = limits.spoolBytesLimit + limits.keptBytesLimit
        let detail = "\(bytes >> 20) MiB are free for \(folder)."
        guard bytes < wanted else { return DoctorFinding("disk", .ok, detail) }
        return DoctorFinding(
            "disk", bytes < 256 << 20 ? .failed : .warning, detail,
            remedy: "Make \(wanted >> 20) MiB free, or lower limits.spool and limits.kept.")
    }
}
