internal import Cryptography
internal import Messaging
internal import Synchronization

/// Speaks to providers for dispatch and apply; holds no state.
struct ProviderGateway: Sendable {
    let context: DispatchContext

    /// Sends once.
    ///
    /// Row 4: the test stands in the transport's first call for the body, and withholds it when the start is
    /// late.
    func send(_ transfer: Transfer) async -> SendReport {
        let (clock, limit, start) = (context.clock, context.times.startLimit, transfer.startedAt)
        let firstByte = FirstByte()
        let mayStart: @Sendable () -> Bool = {
            guard clock.monotonic - start <= limit else { return false }
            firstByte.note(clock.now)
            return true
        }
        // Asked here as well: a start that is late already need not open a connection.
        guard clock.monotonic - start <= limit else { return SendReport(.notLeft(reason: "late")) }
        var report = await send(transfer, mayStart)
        report.startedAtMilliseconds = firstByte.moment?.milliseconds
        return report
    }

    private func send(_ transfer: Transfer, _ mayStart: @escaping @Sendable () -> Bool) async -> SendReport {
        let content = transfer.content
        guard let address = content.address, let body = content.body else {
            return SendReport(.permanent(code: "incomplete", class: .content))
        }
        switch transfer.account.provider {
        case .twilio:
            return await messages(transfer.account, secret: transfer.secret).create(
                TwilioSend(
                    to: address, sender: Self.sender(transfer.attempt.sender), body: body,
                    statusCallback: Self.callback(transfer),
                    validitySeconds: Int(transfer.attempt.validitySeconds)),
                beforeTransfer: mayStart)
        case .sendgrid:
            return await mails(transfer.account, secret: transfer.secret).send(
                SendGridMail(
                    to: address, from: transfer.attempt.sender, fromName: transfer.account.mailName,
                    subject: content.subject ?? "", text: body, html: content.html,
                    customArguments: [
                        SendGridMail.Argument.notification: content.notification,
                        SendGridMail.Argument.attempt: "\(transfer.attempt.id.n)",
                        SendGridMail.Argument.nonce: AttemptNonce.text(transfer.attempt.nonce),
                    ]),
                beforeTransfer: mayStart)
        }
    }

    /// Twilio's Messages of one account.
    func messages(_ account: ProviderAccount, secret: Secret) -> TwilioMessages {
        TwilioMessages(
            account: TwilioAccount(
                baseAddress: account.baseURL, accountSID: account.identity, password: secret,
                trust: context.trust, proxy: context.proxy, timeout: context.times.requestTimeout),
            transport: context.transport, catalogue: context.catalogue)
    }

    private func mails(_ account: ProviderAccount, secret: Secret) -> SendGridClient {
        SendGridClient(
            baseAddress: account.baseURL, key: secret, trust: context.trust, proxy: context.proxy,
            timeout: context.times.requestTimeout, transport: context.transport,
            catalogue: context.catalogue)
    }

    /// A messaging service is named by its SID (MG and 32 digits).
    static func sender(_ text: String) -> TwilioSend.Sender {
        text.hasPrefix("MG") && text.utf8.count == 34 ? .service(text) : .number(text)
    }

    private static func callback(_ transfer: Transfer) -> String {
        AttemptNonce.callbackAddress(
            publicURL: transfer.account.publicURL, webhook: transfer.account.webhook,
            notification: transfer.content.notification, n: transfer.attempt.id.n,
            nonce: transfer.attempt.nonce)
    }
}

/// When the transport asked for the first byte of a body.
private final class FirstByte: Sendable {
    private let noted = Mutex<Moment?>(nil)

    var moment: Moment? { noted.withLock { $0 } }
    func note(_ moment: Moment) { noted.withLock { $0 = moment } }
}
