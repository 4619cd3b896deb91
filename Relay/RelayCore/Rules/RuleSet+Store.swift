internal import SQLStore

/// One message of a rule, with its place in the file: what a look into the tenant's tables may have a word about.
struct NotifyMention: Sendable {
    let notify: Notify
    let line: Int
    let column: Int
}

extension RuleSet {
    /// Adds what the tenant's tables of today say: recipients that nobody stands behind, channels without an account.
    ///
    /// Only warnings: a directory file and an account may come later.
    func checked(against statements: TenantStatements, file: String) throws -> RuleSet {
        var found: [RuleDiagnostic] = []
        func warn(_ mention: NotifyMention, _ sentence: String, _ suggestion: String) {
            let warning = RuleDiagnostic(
                severity: .warning, file: file, line: mention.line, column: mention.column,
                sentence: sentence, suggestion: suggestion)
            if !found.contains(warning) { found.append(warning) }
        }
        let providers = try statements.rows(
            "SELECT DISTINCT provider FROM provider_account WHERE tenant = ?1 AND state <> 'retired'"
        ).map { try $0.text(0) }
        for mention in mentions {
            let channel = mention.notify.channel
            if !providers.contains(channel == .sms ? "twilio" : "sendgrid") {
                warn(
                    mention, "the tenant has no account that sends \(channel.rawValue)",
                    "name one in the relay's configuration")
            }
            for recipient in mention.notify.recipients {
                guard let kind = recipient.directoryKind, try !Self.isKnown(kind, statements) else {
                    continue
                }
                warn(
                    mention, "the directory knows nobody for \(recipient) today",
                    "import a directory file with the kind \(kind)")
            }
        }
        return RuleSet(
            rules: rules,
            warnings: (warnings + found).sorted { ($0.line, $0.column) < ($1.line, $1.column) },
            templates: templates, groups: groups, mentions: mentions)
    }

    private static func isKnown(_ kind: String, _ statements: TenantStatements) throws -> Bool {
        try statements.first(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM directory_contact WHERE tenant = ?1 AND kind = ?2
                                   AND valid_until IS NULL)
                OR EXISTS (SELECT 1 FROM directory_party WHERE tenant = ?1 AND kind = ?2 AND valid_until IS NULL)
            """, [.text(kind)]) != nil
    }
}

extension RecipientSelector {
    /// The kind that must stand in the directory; nil where a document can name the address itself.
    fileprivate var directoryKind: String? {
        switch self {
        case .buyer, .vendor: nil
        case .party(let kind, _), .mapping(let kind, _): kind
        }
    }
}
