import CSAPNWRFC

/// One function module's parameters, filled, called and read once.
///
/// Owns the library's container: freed in deinit.
@safe struct RFCFunction: ~Copyable {
    let description: RFCFunctionDescription
    private let library: RFCLibrary
    private let tally: TextTally
    // Owned. A second destroy crashes the real library, so deinit is the only place that does it.
    private let handle: OpaquePointer

    /// Makes an empty container for one call.
    init(
        library: RFCLibrary, tally: TextTally, describedBy descriptionHandle: OpaquePointer,
        description: RFCFunctionDescription,
    ) throws(SAPAccessError) {
        var handle: OpaquePointer?
        try unsafe library.check("RfcCreateFunction", .container) { info in
            unsafe handle = unsafe library.sdk.create_function?(descriptionHandle, info)
            return unsafe handle == nil ? max(info.pointee.code, 1) : 0
        }
        guard let handle = unsafe handle else { throw .missing(field: description.name) }
        unsafe self.handle = unsafe handle
        self.library = library
        self.tally = tally
        self.description = description
    }

    deinit {
        var info = ml_rfc_error_info()
        _ = unsafe library.sdk.destroy_function?(handle, &info)
    }

    /// Lends the parameters.
    borrowing func withParameters<Result>(
        _ body: (borrowing RFCContainer) throws(SAPAccessError) -> Result,
    ) throws(SAPAccessError) -> Result {
        try body(unsafe RFCContainer(library: library, tally: tally, lending: handle))
    }

    /// Sets parameters by name.
    /// - Throws: `SAPAccessError.interface` for a name that this release's module lacks: never sent.
    borrowing func set(_ parameters: RFCRecord) throws(SAPAccessError) {
        for (name, value) in parameters.fields {
            guard let parameter = description.parameter(name) else {
                throw .interface(function: description.name, missing: name)
            }
            try withParameters { (container: borrowing RFCContainer) throws(SAPAccessError) in
                try container.set(value, as: parameter.field)
            }
        }
    }

    /// Tells SAP to leave out every table and export that nobody reads or fills: less to send and to convert.
    ///
    /// Only a saving, so a library without the call, or a refusal, changes nothing.
    borrowing func deactivate(except wanted: Set<String>) {
        for parameter in description.parameters where !wanted.contains(parameter.field.name) {
            guard parameter.direction == .tables || parameter.direction == .exporting else { continue }
            var info = ml_rfc_error_info()
            _ = unsafe withUTF16(parameter.field.name) { name, _ in
                unsafe library.sdk.set_parameter_active?(handle, name, 0, &info)
            }
        }
    }

    /// Calls SAP.
    ///
    /// Blocks until it answers, fails or is cancelled from another thread.
    borrowing func invoke(on connection: OpaquePointer) throws(SAPAccessError) {
        try unsafe library.check(description.name, .call) { info in
            unsafe library.sdk.invoke?(connection, handle, info)
        }
    }

    /// Reads the parameters that `names` lists.
    borrowing func results(_ names: [String]) throws(SAPAccessError) -> RFCRecord {
        var record = RFCRecord()
        for name in names {
            guard let parameter = description.parameter(name) else {
                throw .interface(function: description.name, missing: name)
            }
            record[name] = try withParameters { (container: borrowing RFCContainer) throws(SAPAccessError) in
                try container.value(of: parameter.field)
            }
        }
        return record
    }
}
