/// The one seam through which feeds read SAP, whatever the access behind it (DESIGN 4.4).
///
/// Every operation is a read, is checked against the allow-list before it leaves, and may be repeated.
/// Errors are `SAPAccessError`; its `kind` says whether trying again can help.
package protocol SAPSource: Sendable {
    /// SAP's own clock, read now. Never derived from the host's clock.
    func sapNow() async throws -> SAPInstant
    /// Identity of the system and the client that is logged on to.
    func systemInformation() async throws -> SAPSystem
    /// Rows of one table: complete within the condition, or it throws. Row order means nothing.
    func readTable(_ query: TableQuery) async throws -> TableRows
    /// Calls a function module and returns the parameters that `results` names.
    /// - Throws: `SAPAccessError.rfc` with SAP's answer; a RETURN table is data and never thrown.
    func call(_ function: String, _ parameters: RFCRecord, results: [String]) async throws -> RFCRecord
}
