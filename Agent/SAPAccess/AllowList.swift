/// What may be read: (table, columns) and (function, parameters), taken from the local feed files (DESIGN 4.6).
///
/// The relay cannot widen it. Modules that read any table are never in it: they are reached by `readTable` only.
package struct AllowList: Equatable, Sendable {
    private var columnsOfTable: [String: Set<String>]
    private var parametersOfFunction: [String: Set<String>]

    /// An empty list allows nothing but what the access itself needs to find SAP's time and identity.
    package init(tables: [String: Set<String>] = [:], functions: [String: Set<String>] = [:]) {
        columnsOfTable = tables
        parametersOfFunction = functions
    }

    /// Adds another list to this one; used to join those of several feeds.
    package mutating func formUnion(_ other: AllowList) {
        columnsOfTable.merge(other.columnsOfTable) { $0.union($1) }
        parametersOfFunction.merge(other.parametersOfFunction) { $0.union($1) }
    }

    /// Names of the tables that may be read.
    package var tables: [String] { columnsOfTable.keys.sorted() }
    /// Names of the function modules that may be called.
    package var functions: [String] { parametersOfFunction.keys.sorted() }
    /// Columns allowed of one table, sorted.
    package func columns(of table: String) -> [String] { (columnsOfTable[table] ?? []).sorted() }

    /// Checks a read before it leaves.
    /// - Throws: `SAPAccessError.notAllowed`, naming what is missing.
    package func check(table: String, columns: some Sequence<String>) throws(SAPAccessError) {
        guard let allowed = columnsOfTable[table] else {
            throw .notAllowed(what: "table \(table)")
        }
        for column in columns where !allowed.contains(column) {
            throw .notAllowed(what: "column \(table)-\(column)")
        }
    }

    /// Checks a call before it leaves; parameters are those sent and those asked for.
    /// - Throws: `SAPAccessError.notAllowed`, naming what is missing.
    package func check(function: String, parameters: some Sequence<String>) throws(SAPAccessError) {
        guard let allowed = parametersOfFunction[function], !Self.readerModules.contains(function) else {
            throw .notAllowed(what: "function \(function)")
        }
        for parameter in parameters where !allowed.contains(parameter) {
            throw .notAllowed(what: "parameter \(parameter) of \(function)")
        }
    }

    /// Modules that read any table: allowed to nobody by name, whatever a feed file says.
    package static let readerModules: Set<String> = [
        "RFC_READ_TABLE", "BBP_RFC_READ_TABLE", "/BODS/RFC_READ_TABLE2", "/SAPDS/RFC_READ_TABLE2",
        "/THEO/READ_TABLE", "Z_THEO_READ_TABLE", "RFC_GET_TABLE_ENTRIES", "RFC_ABAP_INSTALL_AND_RUN",
    ]
}
