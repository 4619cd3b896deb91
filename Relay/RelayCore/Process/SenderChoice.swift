internal import Foundation
internal import SQLStore

/// The accounts and senders of a tenant, by channel (`provider_account.settings`).
struct SenderChoice: Sendable {
    /// By whom a message is sent.
    struct Sender: Hashable, Sendable {
        let account: String
        /// A number in E.164, the SID of a Messaging Service, or an e-mail address.
        let sender: String
    }

    private let senders: [Channel: Sender]

    /// Reads what the configuration gave the tenant; the first account by name that serves a channel serves it.
    init(_ statements: TenantStatements) throws {
        var senders: [Channel: Sender] = [:]
        let rows = try statements.rows(
            """
            SELECT account, settings FROM provider_account
            WHERE tenant = ?1 AND state <> 'retired' ORDER BY account
            """)
        for row in rows {
            let account = try row.text(0)
            let data = Data(try row.text(1).utf8)
            guard let settings = try? JSONDecoder().decode(Settings.self, from: data) else { continue }
            for (name, sender) in settings.senders ?? [:] {
                guard let channel = Channel(rawValue: name), senders[channel] == nil,
                    let text = sender["messaging_service_sid"] ?? sender["from"]
                else { continue }
                senders[channel] = Sender(account: account, sender: text)
            }
        }
        self.senders = senders
    }

    /// Who sends on a channel; nil where no account does.
    func sender(_ channel: Channel) -> Sender? { senders[channel] }

    private struct Settings: Decodable {
        let senders: [String: [String: String]]?
    }
}
