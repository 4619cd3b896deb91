import SAPAccess
import Testing

@Suite("Allow-list")
struct AllowListTests {
    private let list = AllowList(
        tables: ["EKKO": ["EBELN", "AEDAT"]],
        functions: ["BAPI_PO_GETDETAIL1": ["PURCHASEORDER", "RETURN"], "RFC_READ_TABLE": ["QUERY_TABLE"]])

    @Test("What the feeds name may be read")
    func allowed() throws {
        try list.check(table: "EKKO", columns: ["EBELN"])
        try list.check(function: "BAPI_PO_GETDETAIL1", parameters: ["PURCHASEORDER", "RETURN"])
    }

    @Test("Another table, column, function or parameter is refused by name")
    func refused() {
        #expect(throws: SAPAccessError.notAllowed(what: "table PA0008")) {
            try list.check(table: "PA0008", columns: [])
        }
        #expect(throws: SAPAccessError.notAllowed(what: "column EKKO-ERNAM")) {
            try list.check(table: "EKKO", columns: ["EBELN", "ERNAM"])
        }
        #expect(throws: SAPAccessError.notAllowed(what: "function BAPI_USER_CHANGE")) {
            try list.check(function: "BAPI_USER_CHANGE", parameters: [])
        }
        #expect(throws: SAPAccessError.notAllowed(what: "parameter POITEM of BAPI_PO_GETDETAIL1")) {
            try list.check(function: "BAPI_PO_GETDETAIL1", parameters: ["POITEM"])
        }
    }

    @Test("A module that reads any table is refused even where a feed file names it")
    func readers() {
        #expect(throws: SAPAccessError.notAllowed(what: "function RFC_READ_TABLE")) {
            try list.check(function: "RFC_READ_TABLE", parameters: ["QUERY_TABLE"])
        }
    }

    @Test("Lists of several feeds join")
    func union() throws {
        var joined = list
        joined.formUnion(AllowList(tables: ["EKKO": ["ERNAM"], "EKPO": ["EBELN"]]))
        try joined.check(table: "EKKO", columns: ["EBELN", "ERNAM"])
        try joined.check(table: "EKPO", columns: ["EBELN"])
        #expect(joined.tables == ["EKKO", "EKPO"])
    }
}
