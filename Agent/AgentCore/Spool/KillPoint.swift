/// The places where the agent may die between two effects: each is reached in tests by a restart from disk.
///
/// Named for what has just become true; the next line touches SAP, the spool or the network.
package enum KillPoint: String, CaseIterable, Sendable {
    case tookSAPTime, readKeys, readDocuments, recordedDocuments, completedSlice, recordedBaseline
    case readDuePending, recordedPending, readDueWatch, recordedWatch
    case sealedBatch, heardBatchAnswer, appliedBatchAnswer
    case storedSyncRequest, heardSyncAnswer, appliedSyncAnswer
    case storedPairingKey, heardChallenge, heardPairingAnswer
}

/// What happens at a kill point: nothing in production; a test throws there and starts again from disk.
package struct KillSwitch: Sendable {
    private let action: @Sendable (KillPoint) throws -> Void

    /// Does nothing at any point.
    package static let none = KillSwitch { _ in }

    package init(_ action: @escaping @Sendable (KillPoint) throws -> Void) { self.action = action }

    /// Marks that `point` was reached.
    package func reach(_ point: KillPoint) throws { try action(point) }
}
