package import ConnectorProtocol
package import Cryptography

/// One event on its way into the outbox.
package struct SpoolEvent: Sendable {
    /// The state that a reading holds, remembered so that an equal one is not sent again.
    package struct State: Hashable, Sendable {
        /// Feed of the master, or stream of the document.
        package var kind: String
        package var key: String
        package var digest: Digest32
        /// When the reading began, by the host's clock: of two feeds that read it, the later one is right.
        package var begunAt: Int64

        package init(kind: String, key: String, digest: Digest32, begunAt: Int64) {
            self.kind = kind
            self.key = key
            self.digest = digest
            self.begunAt = begunAt
        }
    }

    /// `Event.bytes`.
    package var bytes: [UInt8]
    /// Nil for a reading.
    package var id: Digest32?
    package var schema: EventSchema
    package var state: State?

    package init(bytes: [UInt8], id: Digest32?, schema: EventSchema, state: State? = nil) {
        self.bytes = bytes
        self.id = id
        self.schema = schema
        self.state = state
    }
}

/// What one document leaves in the spool.
package struct DocumentRecord: Sendable {
    package enum Result: Sendable {
        /// Masters first, then the document's events; `watch` says why it is read again, nil when final.
        case told([SpoolEvent], watch: WatchReason?)
        case failed(errorClass: String, sentence: String)

        /// Bytes of its events, masters among them.
        var eventBytes: Int {
            if case .told(let events, _) = self { events.reduce(0) { $0 + $1.bytes.count } } else { 0 }
        }
    }

    /// Where the key came from, which decides what is moved.
    package enum Trigger: Sendable {
        case window, pending, watch
        /// It is watched, and one look has shown that it waits no longer.
        case stirred

        var isWatch: Bool { self == .watch || self == .stirred }
    }

    /// Which document, why it was read, and what came of it.
    package var key: StampedKey
    package var trigger: Trigger
    package var origin: Origin
    package var result: Result

    package init(key: StampedKey, trigger: Trigger, origin: Origin, result: Result) {
        self.key = key
        self.trigger = trigger
        self.origin = origin
        self.result = result
    }
}

/// When a document that waits is read again; all times in milliseconds.
package struct RetrySchedule: Equatable, Sendable {
    /// Between readings of a watched document at first; old ones are read up to 60 times as seldom.
    package var watchInterval: Duration = .seconds(60)
    /// First wait of a document that needs a person (no authorisation, invalid data); it grows to an hour.
    package var pendingInterval: Duration = .seconds(60)

    package init() {}

    /// No wait is longer: a time further ahead was set down by a clock that has gone back since.
    package var longestWait: Int64 {
        max(3_600_000, pendingInterval.milliseconds, 60 * watchInterval.milliseconds)
    }

    /// Until the next try of a pending document, after `tries` failures.
    ///
    /// What is not visible yet appears within seconds.
    package func pending(errorClass: String, tries: Int) -> Int64 {
        let (first, most): (Int64, Int64) =
            switch errorClass {
            case DetectionErrorClass.notVisible: (2_000, 600_000)
            case DetectionErrorClass.unavailable: (5_000, 600_000)
            default: (pendingInterval.milliseconds, 3_600_000)
            }
        return min(max(most, first), first << Int64(min(max(tries - 1, 0), 20)))
    }

    /// Until a watched document is read again, after `reads` readings that changed nothing.
    package func watch(reads: Int) -> Int64 {
        watchInterval.milliseconds * Int64(min(60, max(1, reads / 5)))
    }
}

/// Error classes that detection itself knows; readers add their own.
package enum DetectionErrorClass {
    /// SAP is not to be had: nothing about this document.
    package static let unavailable = "unavailable"
    package static let notVisible = "not_visible"
    /// SAP answers, but not about this document: its call never ends, or costs the worker its life.
    package static let noAnswer = "no_answer"
    /// The document is over the protocol's limit as an event.
    package static let tooLarge = "too_large"
}
