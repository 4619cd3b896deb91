import Foundation
package import HTTPTransport

/// Twilio's Messages resource: create, fetch, list.
package struct TwilioMessages: Sendable {
    /// Why a fetch or list told nothing.
    package enum ReadFailure: Error, Equatable, Sendable {
        /// No whole answer.
        case transport(TransportError)
        /// The account has no such message.
        case notFound
        /// Twilio refused, with its status and code.
        case refused(status: Int, code: Int?)
        /// The answer is not in Twilio's form.
        case malformed
    }

    /// What a list query brought.
    package struct Listing: Equatable, Sendable {
        /// As Twilio lists them.
        package var messages: [TwilioMessage] = []
        /// Whether the last page was reached: only then "not found" means anything (facts/send.md F6).
        package var isComplete = false
        /// How many seconds Twilio's clock is ahead of ours, by the Date of its answer; 0 where it states none.
        package var clockLead: Int64 = 0
    }

    private let account: TwilioAccount
    private let transport: any Transport
    private let catalogue: ErrorCatalogue

    package init(account: TwilioAccount, transport: any Transport, catalogue: ErrorCatalogue) {
        self.account = account
        self.transport = transport
        self.catalogue = catalogue
    }

    /// Creates one message; the request leaves at most once.
    ///
    /// A cancelled task waits for the answer all the same, which is the only proof of what was taken.
    /// - Parameter beforeTransfer: asked when the first byte of the body is wanted; false withholds it.
    package func create(
        _ message: TwilioSend, beforeTransfer: (@Sendable () -> Bool)? = nil,
    ) async -> SendReport {
        var request = account.request("POST", account.messagesPath + ".json")
        request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        request.body = Array(message.form.utf8)
        request.idempotent = false
        request.endsWithTask = false
        request.beforeTransfer = beforeTransfer
        do {
            let response = try await transport.send(request)
            return SendReport(outcome(response), response)
        } catch {
            return SendReport(SendOutcome(error))
        }
    }

    /// The outcome that an answer to a create proves.
    package func outcome(_ response: TransportResponse) -> SendOutcome {
        let json = ProviderError.object(response.body)
        switch response.status {
        case 200...299:
            guard let json, let message = TwilioMessage(json: json) else {
                return .ambiguous(reason: "status \(response.status) without a SID")
            }
            return .accepted(reference: message.sid)
        case 429:
            let code = ProviderError.code(response.body)
            let asked = RetryAfter.delay(response)
            if asked == nil, let code,
                case .retryable(let word, let after) = catalogue.outcome(twilioCode: code)
            {
                return .retryable(code: word, after: after)
            }
            return .retryable(code: code.map { "\($0)" } ?? "429", after: asked ?? .seconds(5))
        case 400...499:
            guard let code = ProviderError.code(response.body) else {
                return .ambiguous(reason: "status \(response.status) without Twilio's body")
            }
            return catalogue.outcome(twilioCode: code)
        default:
            return .ambiguous(reason: "status \(response.status)")
        }
    }

    /// The message of that SID as it stands.
    package func fetch(sid: String) async throws(ReadFailure) -> TwilioMessage {
        guard TwilioMessage.isMessageSID(sid) else { throw .notFound }
        let (json, _) = try await read(account.messagesPath + "/\(sid).json")
        guard let message = TwilioMessage(json: json) else { throw .malformed }
        return message
    }

    /// All messages to one recipient, newest first as Twilio lists them.
    /// - Parameters:
    ///   - since: seconds since 1970 by our clock; a page that holds only older messages ends the query as complete.
    ///   - now: our clock, in the same form: dates of messages are by Twilio's, which states its own.
    ///   - pageLimit: pages of 200 that are read at most; a query that ends there is not complete.
    package func list(
        to: String, since: Int64, now: Int64, pageLimit: Int = 20,
    ) async throws(ReadFailure) -> Listing {
        var listing = Listing()
        var target: String? = account.messagesPath + ".json?To=" + FormEncoding.escape(to) + "&PageSize=200"
        for _ in 0..<pageLimit {
            guard let path = target else { break }
            let (page, date) = try await read(path)
            if listing.messages.isEmpty { listing.clockLead = date.map { $0 - now } ?? 0 }
            let oldest = since + listing.clockLead
            guard let rows = page["messages"] as? [[String: Any]] else { throw .malformed }
            let messages = rows.compactMap(TwilioMessage.init(json:))
            guard messages.count == rows.count else { throw .malformed }
            listing.messages += messages
            target = page["next_page_uri"] as? String
            // Host-relative by its specification: another host must not get our credentials.
            if let target, !target.hasPrefix("/") || target.hasPrefix("//") { throw .malformed }
            let isOld = !messages.isEmpty && messages.allSatisfy { $0.createdAt.map { $0 < oldest } ?? false }
            if target == nil || isOld {
                listing.isComplete = true
                return listing
            }
        }
        return listing
    }

    private func read(
        _ target: String,
    ) async throws(ReadFailure) -> (json: [String: Any], date: Int64?) {
        let response: TransportResponse
        do {
            response = try await transport.send(account.request("GET", target))
        } catch {
            throw .transport(error)
        }
        let code = ProviderError.code(response.body)
        if response.status == 404, code == 20_404 { throw .notFound }
        guard response.status == 200 else { throw .refused(status: response.status, code: code) }
        guard let json = ProviderError.object(response.body) else { throw .malformed }
        return (json, response.header("date").flatMap(MailDate.seconds))
    }
}
