internal import Synchronization

/// The memory that bodies of one listener may take together, whoever sends them.
///
/// A body is held whole before its signature can be judged, so strangers could fill the memory by many of them.
final class BodyRoom: Sendable {
    private let limit: Int
    private let taken = Mutex(0)

    init(bytes limit: Int) { self.limit = limit }

    /// What one request has taken; given back when the request is answered.
    struct Share {
        fileprivate let room: BodyRoom
        private var bytes = 0

        fileprivate init(_ room: BodyRoom) { self.room = room }

        /// False where there is no room for so many more.
        mutating func take(_ count: Int) -> Bool {
            let limit = room.limit
            let isTaken = room.taken.withLock { taken in
                guard taken + count <= limit else { return false }
                taken += count
                return true
            }
            if isTaken { bytes += count }
            return isTaken
        }

        mutating func giveBack() {
            let bytes = bytes
            room.taken.withLock { $0 -= bytes }
            self.bytes = 0
        }
    }

    func share() -> Share { Share(self) }
}
