/// The masters that a few documents name, read once where they are not fresh; each goes before its first document.
struct MasterBatch {
    private var drafts: [MasterReference: DraftEvent] = [:]
    private var failures: [MasterReference: String] = [:]
    /// When it began to read, by the host's clock.
    let begunAt: Int64

    /// Reads what the spool does not know as fresh.
    init(
        _ outcomes: [DocumentOutcome], reader: any FeedReader, spool: Spool, age: Duration,
    ) async throws {
        begunAt = spool.clock.now
        var named: [MasterReference] = []
        var seen: Set<MasterReference> = []
        for case .events(_, let references, _) in outcomes {
            named += references.filter { seen.insert($0).inserted }
        }
        guard !named.isEmpty else { return }
        let stale = try await spool.stale(named, age: age)
        guard !stale.isEmpty else { return }
        let read = await reader.readMasters(stale)
        for (reference, outcome) in zip(stale, read) {
            switch outcome {
            case .read(let draft): drafts[reference] = draft
            case .absent: break
            case .failed(DetectionErrorClass.unavailable, let sentence): failures[reference] = sentence
            // Without authorisation for a master the document still goes: what it lacks shows in its message.
            case .failed: break
            }
        }
    }

    /// Why one of `references` could not be read although it may be in a moment; nil when none is missing so.
    func unavailable(_ references: [MasterReference]) -> String? {
        references.lazy.compactMap { failures[$0] }.first
    }

    /// The masters read for `references`, each handed out once.
    mutating func take(
        _ references: [MasterReference],
    ) -> [(reference: MasterReference, draft: DraftEvent)] {
        references.compactMap { reference in
            drafts.removeValue(forKey: reference).map { (reference, $0) }
        }
    }
}
