import Testing

@testable import SAPSimulator

@Suite struct ConditionTests {
    private let table = DataDictionary.ecc.tables["EKPO"]

    @Test(
        "a clause chooses rows as Open SQL does",
        arguments: [
            ("EBELN EQ '4500000001'", true), ("EBELN = '4500000002'", false), ("NETWR GT 10", true),
            ("NETWR LT '9'", false), ("EBELN BETWEEN '4500000000' AND '4500000009' AND LOEKZ EQ ' '", true),
            ("( EBELN IN ('1', '4500000001') ) AND NOT LOEKZ EQ 'L'", true), ("TXZ01 LIKE 'Bo%n'", true),
            ("TXZ01 EQ 'Bolt''s pin'", false), ("", true),
        ])
    func chooses(clause: String, matches: Bool) throws {
        let table = try #require(table)
        let row = table.row(["EBELN": "4500000001", "NETWR": "12.50", "TXZ01": "Bolt, iron"])
        #expect(try ConditionParser.parse(clause, over: table).matches(row, table.fields) == matches)
    }

    @Test(
        "what is no clause is refused, and a literal too long or an impossible date dumps",
        arguments: [
            ("EBELN='4500000001'", "OPTION_NOT_VALID"), ("NOFIELD EQ '1'", "OPTION_NOT_VALID"),
            ("EBELN EQ '45", "OPTION_NOT_VALID"), ("EBELN EQ", "OPTION_NOT_VALID"),
            ("EBELN EQ '45000000010'", "SAPSQL_DATA_LOSS"), ("AEDAT EQ '20250231'", "SAPSQL_DATA_LOSS"),
        ])
    func refuses(clause: String, key: String) throws {
        let table = try #require(table)
        let failure = #expect(throws: RFCFailure.self) { try ConditionParser.parse(clause, over: table) }
        #expect(failure?.key == key)
    }

    @Test("RFCTEST has the offsets and lengths that real systems tell")
    func layout() throws {
        let definition = try #require(DataDictionary.ecc.structures["RFCTEST"])
        #expect(definition.size == .init(plain: 144, unicode: 264))
        #expect(definition.places.map(\.plain) == [0, 8, 10, 12, 13, 20, 24, 27, 29, 35, 43, 93])
        #expect(definition.places.map(\.unicode) == [0, 8, 10, 12, 14, 24, 28, 32, 36, 48, 64, 164])
    }
}
