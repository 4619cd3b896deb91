import Foundation
import HTTPTransport
import RelayCore
import Synchronization

/// Holds whoever waits until it is opened.
final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Twilio and SendGrid as one transport: keeps what it accepted, and fails as it is told.
final class FakeProvider: Transport {
    /// What happens to one create.
    enum Act: Sendable {
        case accept
        /// Taken, and the answer is lost.
        case acceptAndLose
        /// Not taken, and nobody can say so.
        case lose
        /// Nothing of the body is read.
        case cannotConnect
        case answer(Int, String, headers: [(name: String, value: String)] = [])
        /// Taken; then the caller goes on, to do what it likes before the answer comes.
        case acceptThen(@Sendable () async -> Void)
    }
    struct Message: Sendable {
        let sid: String
        let to: String
        let sender: String
        let body: String
        /// Address of the callback, or the custom arguments as `notification/attempt/nonce`.
        let mark: String
        let createdAt: Moment
        var status: String
        var notification: String { mark.split(separator: "/").suffix(3).first.map(String.init) ?? "" }
    }
    private struct State {
        var acts: [Act] = []
        var mailGate: Gate?
        var accepted: [Message] = []
        var creates = 0
        var lists = 0
        var fetches = 0
        var listFails = false
        var whileListing: (@Sendable () async -> Void)?
    }
    private let state = Mutex(State())
    private let clock: RelayClock
    /// How much later than its create a message is listed.
    let listLag: Duration

    init(clock: RelayClock, listLag: Duration = .zero) {
        self.clock = clock
        self.listLag = listLag
    }

    var accepted: [Message] { state.withLock { $0.accepted } }
    var creates: Int { state.withLock { $0.creates } }
    var lists: Int { state.withLock { $0.lists } }
    var fetches: Int { state.withLock { $0.fetches } }

    /// The next creates; afterwards everything is accepted.
    func plan(_ acts: Act...) { state.withLock { $0.acts += acts } }
    func dropPlan() { state.withLock { $0.acts = [] } }
    /// Every mail waits there before it is taken.
    func holdMail(at gate: Gate) { state.withLock { $0.mailGate = gate } }
    /// What happens while the next list is under way.
    func whileListing(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.whileListing = body }
    }
    func refuseLists(_ refuse: Bool) { state.withLock { $0.listFails = refuse } }
    func setStatus(_ status: String, of sid: String) {
        state.withLock { state in
            for index in state.accepted.indices where state.accepted[index].sid == sid {
                state.accepted[index].status = status
            }
        }
    }
    /// As if another system had sent it.
    func add(to: String, sender: String, body: String, at moment: Moment) {
        state.withLock { state in
            state.accepted.append(
                Message(
                    sid: Self.sid(1_000 + state.accepted.count), to: to, sender: sender, body: body, mark: "",
                    createdAt: moment, status: "queued"))
        }
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        if request.method == "GET" {
            let answer = try read(request)
            let meanwhile = state.withLock { state in
                defer { state.whileListing = nil }
                return state.whileListing
            }
            await meanwhile?()
            return answer
        }
        if request.url.hasSuffix("/v3/mail/send") { await state.withLock { $0.mailGate }?.wait() }
        let act = state.withLock { state in
            state.creates += 1
            return state.acts.isEmpty ? Act.accept : state.acts.removeFirst()
        }
        if case .cannotConnect = act { throw TransportError(kind: .connect, departure: .notLeft) }
        if let mayStart = request.beforeTransfer, !mayStart() {
            throw TransportError(kind: .withheld, departure: .notLeft)
        }
        switch act {
        case .lose: throw TransportError(kind: .timeout, departure: .ambiguous)
        case .answer(let status, let body, let headers):
            return TransportResponse(status: status, headers: headers, body: Array(body.utf8))
        case .acceptAndLose:
            _ = accept(request)
            throw TransportError(kind: .reset, departure: .ambiguous)
        case .acceptThen(let body):
            let answer = accept(request)
            await body()
            return answer
        default: return accept(request)
        }
    }

    private func accept(_ request: TransportRequest) -> TransportResponse {
        let isMail = request.url.hasSuffix("/v3/mail/send")
        let now = clock.now
        return state.withLock { state in
            let number = state.accepted.count + 1
            let message = isMail ? Self.mail(request, number, now) : Self.sms(request, number, now)
            state.accepted.append(message)
            guard !isMail else {
                return TransportResponse(status: 202, headers: [("x-message-id", message.sid)])
            }
            return TransportResponse(
                status: 201, body: Array(#"{"sid":"\#(message.sid)","status":"queued"}"#.utf8))
        }
    }

    static func sid(_ number: Int) -> String { "SM" + String(format: "%032x", number) }

    private static func sms(_ request: TransportRequest, _ number: Int, _ now: Moment) -> Message {
        var fields: [String: String] = [:]
        for pair in String(decoding: request.body ?? [], as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[String(parts[0])] = parts.last.flatMap { String($0).removingPercentEncoding }
        }
        let callback = fields["StatusCallback"]?.split(separator: "#").first.map(String.init) ?? ""
        return Message(
            sid: sid(number), to: fields["To"] ?? "",
            sender: fields["MessagingServiceSid"] ?? fields["From"] ?? "", body: fields["Body"] ?? "",
            mark: callback, createdAt: now, status: "queued")
    }

    private static func mail(_ request: TransportRequest, _ number: Int, _ now: Moment) -> Message {
        let json = (try? JSONSerialization.jsonObject(with: Data(request.body ?? []))) as? [String: Any]
        let person = (json?["personalizations"] as? [[String: Any]])?.first
        let arguments = person?["custom_args"] as? [String: String] ?? [:]
        let to = (person?["to"] as? [[String: String]])?.first?["email"] ?? ""
        let mark = ["ml_notification", "ml_attempt", "ml_nonce"].map { arguments[$0] ?? "" }
        return Message(
            sid: "mail-\(number)", to: to, sender: "", body: "", mark: mark.joined(separator: "/"),
            createdAt: now, status: "processed")
    }

    private func read(_ request: TransportRequest) throws(TransportError) -> TransportResponse {
        let now = clock.now
        let isList = request.url.contains("Messages.json")
        let (shown, fails) = state.withLock { state in
            if isList { state.lists += 1 } else { state.fetches += 1 }
            return (state.accepted.filter { $0.createdAt + listLag <= now }, state.listFails)
        }
        if fails { return TransportResponse(status: 401, body: Array(#"{"code":20003}"#.utf8)) }
        guard isList else {
            let message = shown.first { request.url.hasSuffix("/\($0.sid).json") }
            guard let message else {
                return TransportResponse(status: 404, body: Array(#"{"code":20404}"#.utf8))
            }
            return TransportResponse(status: 200, body: Self.json(Self.document(message)))
        }
        let to = request.url.components(separatedBy: "To=").last?.components(separatedBy: "&").first?
            .removingPercentEncoding
        let documents = shown.filter { $0.to == to }.reversed().map(Self.document)
        return TransportResponse(
            status: 200, headers: [("date", Self.date(now, zone: "'GMT'"))],
            body: Self.json(["messages": documents, "next_page_uri": NSNull()]))
    }

    private static func date(_ moment: Moment, zone: String) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss " + zone
        return format.string(from: Date(timeIntervalSince1970: Double(moment.milliseconds / 1_000)))
    }

    private static func document(_ message: Message) -> [String: Any] {
        let isService = message.sender.hasPrefix("MG")
        return [
            "sid": message.sid, "status": message.status, "to": message.to, "body": message.body,
            "from": isService ? NSNull() : message.sender as Any, "direction": "outbound-api",
            "messaging_service_sid": isService ? message.sender as Any : NSNull(),
            "date_created": date(message.createdAt, zone: "Z"), "error_code": NSNull(),
        ]
    }

    private static func json(_ value: [String: Any]) -> [UInt8] {
        [UInt8]((try? JSONSerialization.data(withJSONObject: value)) ?? Data())
    }
}
