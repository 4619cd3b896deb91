import CLibYAML

/// What libyaml found next, copied out of its memory.
enum YAMLEvent {
    case scalar(YAMLNode.Scalar, YAMLPlace)
    case sequenceStart(YAMLPlace)
    case mappingStart(YAMLPlace)
    case containerEnd
    case documentStart(YAMLPlace)
    case documentEnd
    case streamEnd
}

/// Owner of one libyaml parser over bytes that are lent to it for its whole life.
@safe
final class YAMLEventSource {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String
    private let isReady: Bool

    /// - Parameter bytes: stay in place as long as this value is used.
    @unsafe
    init(lending bytes: UnsafeBufferPointer<UInt8>, file: String) {
        unsafe parser = .allocate(capacity: 1)
        self.file = file
        isReady = unsafe yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        if isReady { unsafe yaml_parser_delete(parser) }
        unsafe parser.deallocate()
    }

    /// The next event that matters.
    func next() throws(YAMLError) -> YAMLEvent {
        guard isReady else { throw YAMLError(file: file, line: 1, column: 1, problem: "out of memory") }
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
            defer { unsafe yaml_event_delete(&event) }
            if let found = try unsafe translate(event) { return found }
        }
    }

    @unsafe
    private func translate(_ event: yaml_event_t) throws(YAMLError) -> YAMLEvent? {
        let place = unsafe place(event.start_mark)
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return nil
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart(place)
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: throw place.error("aliases (*name) are not allowed: write the value again")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            try unsafe refuse(anchor: scalar.anchor, tag: scalar.tag, at: place)
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)  // libyaml has checked that it is UTF-8
            let isQuoted = unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE
            return .scalar(YAMLNode.Scalar(text: text, isQuoted: isQuoted), place)
        case YAML_SEQUENCE_START_EVENT:
            try unsafe refuse(
                anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, at: place)
            return .sequenceStart(place)
        case YAML_MAPPING_START_EVENT:
            try unsafe refuse(
                anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, at: place)
            return .mappingStart(place)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .containerEnd
        default: return nil
        }
    }

    @unsafe
    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?,
        at place: YAMLPlace,
    ) throws(YAMLError) {
        if unsafe anchor != nil {
            throw place.error("anchors (&name) are not allowed: write the value again")
        }
        if unsafe tag != nil { throw place.error("tags (!name) are not allowed") }
    }

    private func problem() -> YAMLError {
        let text = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "this is not YAML"
        let mark = unsafe parser.pointee.problem_mark
        let context = unsafe parser.pointee.context.map { unsafe " " + String(cString: $0) } ?? ""
        return place(mark).error(text + context)
    }

    private func place(_ mark: yaml_mark_t) -> YAMLPlace {
        YAMLPlace(file: file, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
