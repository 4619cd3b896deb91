/// What the function modules do.
struct FunctionModules {
    let system: ECCSystem

    /// - Throws: `RFCFailure`, as SAP would answer.
    func call(_ arguments: CallArguments, _ session: Session) throws(RFCFailure) -> [String: RFCValue] {
        switch arguments.interface.name {
        case "RFC_PING", "RFC_PING_AND_WAIT": [:]
        case "STFC_CONNECTION": connection(arguments, session)
        case "STFC_STRUCTURE": structure(arguments)
        case "STFC_CHANGING": changing(arguments)
        case "RFC_SYSTEM_INFO": systemInformation(arguments)
        case "RFC_READ_TABLE": try TableReader(system: system).call(arguments, session)
        case "DDIF_FIELDINFO_GET": try fieldInformation(arguments)
        case "BAPI_PO_GETDETAIL1": BusinessObjects(system: system).purchaseOrder(arguments, session)
        case "BAPI_INCOMINGINVOICE_GETDETAIL": BusinessObjects(system: system).invoice(arguments, session)
        case "BAPI_VENDOR_GETDETAIL": BusinessObjects(system: system).vendor(arguments, session)
        case "BAPI_VENDOR_GETLIST": BusinessObjects(system: system).vendors(arguments, session)
        default: throw .unknown(arguments.interface.name)
        }
    }

    private func connection(_ arguments: CallArguments, _ session: Session) -> [String: RFCValue] {
        let now = system.stamp(system.now())
        let text =
            "SAP R/3 Rel. 740   Sysid: \(system.identity.systemID)      Date: \(now.date)   Time: \(now.time)   "
            + "Logon_Data: \(session.client)/\(session.user)/\(session.language)"
        return ["ECHOTEXT": .scalar(arguments.text("REQUTEXT")), "RESPTEXT": .scalar(text)]
    }

    private func structure(_ arguments: CallArguments) -> [String: RFCValue] {
        let sent = arguments.structure("IMPORTSTRUCT")
        let now = system.stamp(system.now())
        var row = sent
        guard let definition = arguments.interface.structure("IMPORTSTRUCT") else { return [:] }
        func set(_ name: String, _ value: String) {
            if let position = definition.position(of: name) { row[position] = value }
        }
        func raised(_ name: String) -> String {
            let text = definition.position(of: name).map { sent[$0] } ?? ""
            if name == "RFCFLOAT" { return String((Double(text) ?? 0) + 1) }
            return String(Int(Int32(text) ?? 0) + 1)
        }
        for name in ["RFCFLOAT", "RFCINT1", "RFCINT2", "RFCINT4"] { set(name, raised(name)) }
        set("RFCHEX3", "F1F2F3")
        set("RFCCHAR1", "X")
        set("RFCCHAR2", "YZ")
        set("RFCCHAR4", system.identity.systemID)
        set("RFCDATE", now.date)
        set("RFCTIME", now.time)
        return [
            "ECHOSTRUCT": .structure(sent), "RFCTABLE": .table(arguments.rows("RFCTABLE") + [row]),
            "RESPTEXT": .scalar("SAP R/3 Rel. 740   Sysid: \(system.identity.systemID)"),
        ]
    }

    private func changing(_ arguments: CallArguments) -> [String: RFCValue] {
        let start = arguments.integer("START_VALUE")
        let counter = arguments.integer("COUNTER")
        return ["RESULT": .scalar(String(start + counter)), "COUNTER": .scalar(String(counter + 1))]
    }

    private func systemInformation(_ arguments: CallArguments) -> [String: RFCValue] {
        guard let definition = arguments.interface.structure("RFCSI_EXPORT") else { return [:] }
        let zone = String(system.identity.zoneSeconds)
        let row = definition.row([
            // RFCCHARTYP tells neither the wire nor whether the system is Unicode; the zone is right-justified.
            "RFCPROTO": "011", "RFCCHARTYP": "1100", "RFCINTTYP": "LIT", "RFCFLOTYP": "IE3",
            "RFCDEST": "sapsim_\(system.identity.systemID)_00", "RFCHOST": "sapsim", "RFCHOST2": "sapsim",
            "RFCSYSID": system.identity.systemID, "RFCDATABS": system.identity.systemID,
            "RFCDBHOST": "sapsim",
            "RFCDBSYS": "SYBASE", "RFCSAPRL": "740", "RFCMACH": "  390", "RFCOPSYS": "Linux",
            "RFCTZONE": String(repeating: " ", count: max(0, 6 - zone.count)) + zone,
            "RFCIPADDR": "127.0.0.1",
            "RFCKERNRL": "753",
        ])
        return ["RFCSI_EXPORT": .structure(row)]
    }

    private func fieldInformation(_ arguments: CallArguments) throws(RFCFailure) -> [String: RFCValue] {
        let name = arguments.text("TABNAME").trimmed
        let wanted = arguments.text("FIELDNAME").trimmed
        let found = system.faults.isAbsent(name) ? nil : system.dictionary.tables[name]
        guard let definition = found ?? system.dictionary.structures[name],
            let row = arguments.interface.structure("DFIES_TAB"),
            wanted.isEmpty || definition.position(of: wanted) != nil
        else { throw .exception("NOT_FOUND") }
        var offset = 0
        let rows = definition.fields.enumerated().compactMap { position, field -> [String]? in
            defer { offset += field.bytes.unicode }
            guard wanted.isEmpty || wanted == field.name else { return nil }
            let reference = Self.reference(of: field, in: name)
            return row.row([
                "TABNAME": name, "FIELDNAME": field.name, "LANGU": "E", "POSITION": String(position + 1),
                "OFFSET": String(offset), "ROLLNAME": field.name, "LENG": String(field.length),
                "INTLEN": String(field.bytes.unicode), "OUTPUTLEN": String(field.length),
                "DECIMALS": String(field.decimals), "DATATYPE": field.type, "INTTYPE": field.letter,
                "REFTABLE": reference.table, "REFFIELD": reference.field,
                "FIELDTEXT": field.name, "KEYFLAG": position < definition.keyCount ? "X" : "",
            ])
        }
        return ["DDOBJTYPE": .scalar(definition.isTable ? "TRANSP" : "INTTAB"), "DFIES_TAB": .table(rows)]
    }

    /// Where the currency of an amount, or the unit of a quantity, stands.
    private static func reference(
        of field: FieldDefinition, in table: String,
    ) -> (table: String, field: String) {
        switch (field.type, table, field.name) {
        case ("CURR", "EKPO", _): ("EKKO", "WAERS")
        case ("CURR", "RSEG", _): ("RBKP", "WAERS")
        case ("CURR", _, _): (table, "WAERS")
        case ("QUAN", "EKET", _): ("EKPO", "MEINS")
        case ("QUAN", "RSEG", "MENGE"): (table, "BSTME")
        case ("QUAN", "RSEG", "BPMNG"): (table, "BPRME")
        case ("QUAN", _, _): (table, "MEINS")
        default: ("", "")
        }
    }
}
