import Testing

@Suite("Imports point one way")
struct ImportTests {
    private static let ours = Set(
        ImportTable.borders.map { $0.folder.split(separator: "/").last.map(String.init) ?? "" }
    )
    .union([
        "CCurl", "COpenSSL", "CZlib", "CSQLite", "CLibYAML", "CSAPNWRFC", "CRE2", "CPhoneNumber",
        "CAgentResources", "CRelayResources", "SAPSimulatorSDK", "TestSupport",
    ])

    @Test("A folder imports only what its border names", arguments: ImportTable.borders)
    func border(_ border: ImportTable.Border) {
        let files = SourceTree.files(in: border.folder)
        #expect(!files.isEmpty, "\(border.folder) holds no Swift")
        for file in files {
            for (module, line) in file.imports where Self.ours.contains(module) {
                #expect(
                    border.allowed.contains(module),
                    "\(file.path):\(line) imports \(module); \(border.folder) may not: \(border.reason)")
            }
        }
    }

    @Test("Every folder of ours that holds Swift has a border")
    func everyFolder() {
        let known = Set(ImportTable.borders.map(\.folder))
        for top in ["Sources", "Protocol", "Agent", "Relay"] {
            let folders = Set(
                SourceTree.files(in: top).map {
                    $0.path.split(separator: "/").prefix(2).joined(separator: "/")
                })
            #expect(!folders.isEmpty, "\(top) holds no Swift")
            for folder in folders.sorted() {
                #expect(
                    known.contains(folder), "\(folder) has no border: add it to the table with its reason")
            }
        }
    }

    @Test("A heavy package has few importers")
    func packages() {
        for folder in ["Sources", "Protocol", "Agent", "Relay"] {
            for file in SourceTree.files(in: folder) {
                for (module, line) in file.imports {
                    for rule in ImportTable.packages where rule.modules.contains(module) {
                        #expect(
                            rule.folders.contains { file.path.hasPrefix($0 + "/") },
                            "\(file.path):\(line) imports \(module): \(rule.reason)")
                    }
                }
            }
        }
    }

    @Test("A C library has one owner")
    func owners() {
        for owner in ImportTable.owners {
            for file in SourceTree.files(in: owner.within) {
                for (module, line) in file.imports where module == owner.module {
                    #expect(
                        owner.folders.contains { file.path.hasPrefix($0 + "/") },
                        "\(file.path):\(line) imports \(module), which only \(owner.folders) may see")
                }
            }
        }
    }
}
