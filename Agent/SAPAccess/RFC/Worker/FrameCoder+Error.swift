// Errors on the pipe. What only the agent's end can find (deadline, gate, budget) is never sent.

extension FrameWriter {
    mutating func put(_ error: SAPAccessError) {
        switch error {
        case .library(let path, let problem):
            put(UInt8(1))
            put(path)
            put(problem)
        case .rfc(let error):
            put(UInt8(2))
            put(error)
        case .interface(let function, let missing): put(3, [function, missing])
        case .selection(let table, let problem): put(4, [table, problem])
        case .value(let field, let text, let expected): put(5, [field, text, expected])
        case .cut(let field): put(6, [field])
        case .missing(let field): put(7, [field])
        case .notAllowed, .tooDense, .deadline, .workerLost, .gate, .noPlace, .shutDown:
            put(8, [error.description])
        }
    }

    private mutating func put(_ tag: UInt8, _ texts: [String]) {
        put(tag)
        for text in texts { put(text) }
    }

    private mutating func put(_ problem: SAPAccessError.LibraryProblem) {
        switch problem {
        case .notFound: put(0, [])
        case .notLoadable(let reason): put(1, [reason])
        case .missingSymbol(let symbol): put(2, [symbol])
        case .icuMissing(let file): put(3, [file])
        case .tooOld(let version): put(4, [version])
        }
    }

    private mutating func put(_ error: RFCError) {
        put(error.operation)
        put(error.origin.rawValue)
        put(error.code.rawValue)
        put(error.group)
        for text in [
            error.key, error.message, error.messageClass, error.messageType, error.messageNumber,
        ] { put(text) }
        put(error.variables)
    }
}

extension FrameReader {
    mutating func takeError() throws(FrameError) -> SAPAccessError {
        switch try takeByte() {
        case 1: .library(path: try takeText(), problem: try takeProblem())
        case 2: .rfc(try takeRFCError())
        case 3: .interface(function: try takeText(), missing: try takeText())
        case 4: .selection(table: try takeText(), problem: try takeText())
        case 5: .value(field: try takeText(), text: try takeText(), expected: try takeText())
        case 6: .cut(field: try takeText())
        case 7: .missing(field: try takeText())
        case 8: .workerLost(reason: try takeText())
        default: throw .malformed
        }
    }

    private mutating func takeProblem() throws(FrameError) -> SAPAccessError.LibraryProblem {
        switch try takeByte() {
        case 0: .notFound
        case 1: .notLoadable(reason: try takeText())
        case 2: .missingSymbol(try takeText())
        case 3: .icuMissing(try takeText())
        case 4: .tooOld(version: try takeText())
        default: throw .malformed
        }
    }

    private mutating func takeRFCError() throws(FrameError) -> RFCError {
        let operation = try takeText()
        guard let origin = RFCError.Origin(rawValue: try takeByte()) else { throw .malformed }
        return RFCError(
            operation: operation, origin: origin, code: RFCReturnCode(rawValue: try takeSigned()),
            group: try takeSigned(), key: try takeText(), message: try takeText(),
            messageClass: try takeText(), messageType: try takeText(), messageNumber: try takeText(),
            variables: try takeTexts())
    }
}
