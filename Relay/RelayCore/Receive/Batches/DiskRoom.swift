/// Whether there is room to take more in: below 5 % or 1 GiB of free disk receive answers 507 (DESIGN.md 6.7).
package struct DiskRoom: Sendable {
    /// Free and total bytes of the volume that holds the database; nil where the system does not say.
    private let measure: @Sendable () -> (freeBytes: Int64, totalBytes: Int64)?

    /// Free bytes that must stay, whatever the size of the volume.
    package static let floorBytes: Int64 = 1 << 30
    /// Share of the volume that must stay free.
    package static let floorPercent: Int64 = 5

    /// - Parameter measure: asked for each batch; free and total bytes of the database's volume.
    package init(measure: @escaping @Sendable () -> (freeBytes: Int64, totalBytes: Int64)?) {
        self.measure = measure
    }

    /// Whether more may be taken in now; an unknown volume counts as one with room.
    package var isEnough: Bool {
        guard let (free, total) = measure() else { return true }
        return free >= Self.floorBytes && free >= total / 100 * Self.floorPercent
    }
}
