/// One column of a table as the dictionary describes it (DFIES).
package struct TableColumn: Hashable, Sendable {
    package var name: String
    package var isKey: Bool
    /// DDIC type: CHAR, CLNT, NUMC, DATS, TIMS, CURR, QUAN, DEC, CUKY, UNIT, LANG, INT4, RAW, ...
    package var type: String
    /// LENG: characters, or digits of a number.
    package var length: Int
    package var decimals: Int

    package init(name: String, isKey: Bool, type: String, length: Int, decimals: Int = 0) {
        self.name = name
        self.isKey = isKey
        self.type = type
        self.length = length
        self.decimals = decimals
    }

    /// True for types that a reader module cannot bring or that make it dump.
    var isUnreadable: Bool { ["STRG", "STRING", "RSTR", "RAWSTRING", "LCHR", "LRAW", "FLTP"].contains(type) }
}

/// A table as the dictionary of the connected system describes it.
package struct TableDefinition: Hashable, Sendable {
    package var name: String
    package var columns: [TableColumn]

    package init(name: String, columns: [TableColumn]) {
        self.name = name
        self.columns = columns
    }

    /// The column of that name, upper case as SAP writes it; nil where the table lacks it.
    package func column(_ name: String) -> TableColumn? { columns.first { $0.name == name } }

    /// Key columns without the client, which the logon fixes.
    package var keys: [TableColumn] { columns.filter { $0.isKey && $0.type != "CLNT" } }

    /// Reads the answer of DDIF_FIELDINFO_GET.
    init(name: String, dfies rows: [RFCRecord]) throws(SAPAccessError) {
        var columns: [TableColumn] = []
        for row in rows {
            let name = try row.text("FIELDNAME")
            // Includes stand among the columns with a dot in front of their name.
            if name.isEmpty || name.hasPrefix(".") { continue }
            columns.append(
                TableColumn(
                    name: name, isKey: try row.text("KEYFLAG") == "X", type: try row.text("DATATYPE"),
                    length: Int(try row.text("LENG")) ?? 0, decimals: Int(try row.text("DECIMALS")) ?? 0))
        }
        self.init(name: name, columns: columns)
    }
}
