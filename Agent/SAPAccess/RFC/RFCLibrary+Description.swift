import CSAPNWRFC

extension RFCLibrary {
    /// Reads a function's interface out of the library's description, nested types included.
    ///
    /// Index calls beyond the count crash the real library, so the count is asked first and held to.
    func description(
        of handle: OpaquePointer, named name: String,
    ) throws(SAPAccessError) -> RFCFunctionDescription {
        var count: UInt32 = 0
        try unsafe check("RfcGetParameterCount", .container) { info in
            unsafe sdk.get_parameter_count?(handle, &count, info)
        }
        var parameters: [RFCParameterDescription] = []
        for index in 0..<count {
            var raw = unsafe ml_rfc_parameter_desc()
            try unsafe check("RfcGetParameterDescByIndex", .container) { info in
                unsafe sdk.get_parameter_desc_by_index?(handle, index, &raw, info)
            }
            let field = try unsafe field(
                name: text(ofArray: raw.name), type: raw.type, ucLength: raw.uc_length,
                nucLength: raw.nuc_length, decimals: raw.decimals, typeHandle: raw.type_desc, depth: 0)
            guard let direction = RFCDirection(rawValue: unsafe raw.direction) else { continue }
            parameters.append(
                RFCParameterDescription(
                    direction: direction, field: field, isOptional: unsafe raw.optional != 0))
        }
        return RFCFunctionDescription(name: name, parameters: parameters)
    }

    private func field(
        name: String, type: Int32, ucLength: UInt32, nucLength: UInt32, decimals: UInt32,
        typeHandle: OpaquePointer?, depth: Int,
    ) throws(SAPAccessError) -> RFCFieldDescription {
        let kind = RFCType(rawValue: type)
        let textual: Set<RFCType> = [.char, .num, .date, .time]
        let length = textual.contains(kind) ? Int(ucLength / 2) : Int(nucLength)
        var fields: [RFCFieldDescription] = []
        if kind == .structure || kind == .table, let typeHandle = unsafe typeHandle {
            // Deeper than any structure that SAP's interfaces nest; a bound, not a limit to work with.
            guard depth < 8 else { throw .missing(field: name) }
            fields = try unsafe self.fields(of: typeHandle, depth: depth + 1)
        }
        return RFCFieldDescription(
            name: name, type: kind, length: length, decimals: Int(decimals), fields: fields)
    }

    private func fields(
        of handle: OpaquePointer, depth: Int,
    ) throws(SAPAccessError) -> [RFCFieldDescription] {
        var count: UInt32 = 0
        try unsafe check("RfcGetFieldCount", .container) { info in
            unsafe sdk.get_field_count?(handle, &count, info)
        }
        var result: [RFCFieldDescription] = []
        result.reserveCapacity(Int(count))
        for index in 0..<count {
            var raw = unsafe ml_rfc_field_desc()
            try unsafe check("RfcGetFieldDescByIndex", .container) { info in
                unsafe sdk.get_field_desc_by_index?(handle, index, &raw, info)
            }
            result.append(
                try unsafe field(
                    name: text(ofArray: raw.name), type: raw.type, ucLength: raw.uc_length,
                    nucLength: raw.nuc_length, decimals: raw.decimals, typeHandle: raw.type_desc, depth: depth
                ))
        }
        return result
    }
}
