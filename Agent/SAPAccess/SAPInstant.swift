package import Values

/// A moment as SAP's own clock shows it, and how far that clock is from UTC.
package struct SAPInstant: Hashable, Sendable {
    /// Date and time in the server's zone; never converted where it is compared with stamps (DESIGN 4.3).
    package let local: LocalDateTime
    /// Seconds east of UTC, daylight saving included (RFCSI-RFCTZONE and RFCDAYST).
    package let offsetSeconds: Int

    package init(local: LocalDateTime, offsetSeconds: Int) {
        self.local = local
        self.offsetSeconds = offsetSeconds
    }
}
