import Testing

@testable import SAPSimulator

@Suite("A function module that not every system has")
struct OptionalModuleTests {
    private func system(_ own: Set<String>) -> ECCSystem {
        var identity = ECCSystem.Identity()
        identity.ownModules = own
        let system = ECCSystem(identity: identity, seed: 1) { 1_750_000_000 }
        system.tables.put(Masters(client: "100").rows, seenFrom: 0)
        return system
    }

    @Test("is unknown where nobody wrote it")
    func absent() {
        #expect(system([]).function("BAPI_VENDOR_GETLIST") == nil)
        #expect(system([]).function("BAPI_VENDOR_GETDETAIL") != nil)
    }

    @Test("lists vendors where somebody did, no more than asked for", arguments: [(0, 12), (5, 5), (99, 12)])
    func lists(_ most: Int, _ found: Int) throws {
        let system = system(["BAPI_VENDOR_GETLIST"])
        let interface = try #require(system.function("BAPI_VENDOR_GETLIST"))
        let answer = try FunctionModules(system: system).call(
            CallArguments(interface: interface, values: ["MAXROWS": .scalar("\(most)")]),
            Session(client: "100", user: "MLCONN", language: "E"))
        guard case .table(let vendors) = answer["VENDORS"] else {
            Issue.record("\(answer)")
            return
        }
        #expect(vendors.count == found)
        #expect(vendors.first?.prefix(2) == ["0000100001", "Vendor 1 Ltd"])
    }
}
