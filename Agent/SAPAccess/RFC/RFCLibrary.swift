import CSAPNWRFC
import Glibc

/// Where SAP's library lies, and what must be true of it.
package struct RFCLibraryLocation: Hashable, Sendable {
    /// Absolute path of `libsapnwrfc.so`, or of a stand-in for it.
    package var path: String
    /// Folder for the library's log and trace files: it writes one at its first call, tracing off or not.
    ///
    /// Nil leaves them in the working directory.
    package var traceFolder: String?

    package init(path: String, traceFolder: String? = nil) {
        self.path = path
        self.traceFolder = traceFolder
    }
}

/// SAP's NetWeaver RFC library, loaded at run time.
///
/// Lives as long as the process: it is never unloaded.
///
/// The library may be called from many threads at once; one connection, function or row belongs to one thread
/// at a time (facts/sap-rfc-sdk.md section 5), which the owner types of this folder see to.
@safe package final class RFCLibrary: Sendable {
    /// Where it was loaded from.
    package let path: String
    /// Release and patch level as the library states them, for example 7500.0.13.
    package let version: (release: Int, patch: Int)
    // Immutable after init, and holds nothing but addresses of code.
    nonisolated(unsafe) let sdk: ml_rfc_sdk

    /// Loads the library, ICU from beside it first (see CSAPNWRFC.h), and asks for its version.
    /// - Throws: `SAPAccessError.library`, which says where it looked and what is missing.
    package init(loading location: RFCLibraryLocation) throws(SAPAccessError) {
        if let folder = location.traceFolder {
            TraceFolder.prune(folder)
            // Must be set before the first call: later settings do not move the first file (section 6).
            unsafe setenv("RFC_TRACE_DIR", folder, 1)
        }
        var sdk = unsafe ml_rfc_sdk()
        var text = [CChar](repeating: 0, count: 1024)
        let result = unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe ml_rfc_load(location.path, &sdk, buffer.baseAddress, buffer.count)
        }
        let detail = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let problem = Self.problem(result, detail) {
            throw .library(path: location.path, problem: problem)
        }
        var (major, minor, patch): (UInt32, UInt32, UInt32) = (0, 0, 0)
        _ = unsafe sdk.get_version?(&major, &minor, &patch)
        guard major > 7500 || (major == 7500 && patch >= 12) else {
            throw .library(path: location.path, problem: .tooOld(version: "\(major).\(minor).\(patch)"))
        }
        unsafe self.sdk = unsafe sdk
        path = location.path
        version = (Int(major), Int(patch))
    }

    private static func problem(
        _ result: ml_rfc_load_result, _ detail: String,
    ) -> SAPAccessError.LibraryProblem? {
        switch result {
        case ML_RFC_LOADED: nil
        case ML_RFC_NOT_FOUND: .notFound
        case ML_RFC_ICU_MISSING: .icuMissing(detail)
        case ML_RFC_SYMBOL_MISSING: .missingSymbol(detail)
        default: .notLoadable(reason: detail)
        }
    }

    /// Runs one library call with a zeroed error structure (the library writes only the code on success) and
    /// throws what it reports.
    func check(
        _ operation: String, _ origin: RFCError.Origin,
        _ body: (UnsafeMutablePointer<ml_rfc_error_info>) -> ml_rfc_rc?,
    ) throws(SAPAccessError) {
        var info = ml_rfc_error_info()
        guard let code = unsafe body(&info) else {
            throw .library(path: path, problem: .missingSymbol(operation))
        }
        if code != 0 { throw .rfc(RFCError(operation, origin, code, info)) }
    }
}

extension RFCError {
    /// Reads what the library filled in.
    ///
    /// Message variables count only where a message was raised.
    init(_ operation: String, _ origin: Origin, _ code: Int32, _ info: ml_rfc_error_info) {
        let number = text(ofArray: info.message_number)
        let messageClass = text(ofArray: info.message_class)
        let raised = !messageClass.isEmpty
        self.init(
            operation: operation, origin: origin,
            code: RFCReturnCode(rawValue: code == 0 ? info.code : code), group: info.group,
            key: text(ofArray: info.key), message: text(ofArray: info.message), messageClass: messageClass,
            messageType: text(ofArray: info.message_type), messageNumber: raised ? number : "",
            variables: raised
                ? [
                    text(ofArray: info.message_v1), text(ofArray: info.message_v2),
                    text(ofArray: info.message_v3), text(ofArray: info.message_v4),
                ] : [])
    }
}
