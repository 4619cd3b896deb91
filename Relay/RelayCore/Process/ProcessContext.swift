internal import ConnectorProtocol
internal import SQLStore

/// What all steps of one transaction of the process loop share.
final class ProcessContext {
    let statements: TenantStatements
    /// By the database's clock; what conditions see as `now`.
    let now: Moment
    /// Who writes: the actor of audit entries.
    let node: String
    let rules: ActiveRules
    let senders: SenderChoice
    let referencePolicy: TenantConfiguration.ReferencePolicy
    let country, locale, timeZone: String
    /// After a restore: what is made now may have been told before (facts/send.md row 24).
    let isRecovering: Bool
    /// Whether each event, rule and message stands behind a savepoint of its own.
    private let hasSavepoints: Bool
    /// Raised with each change of the directory that this transaction makes.
    private(set) var directoryVersion: Int64
    /// What this transaction has asked the directory already.
    private let directory = DirectoryMemory()
    /// Whether dispatch has something to do.
    var hasScheduled = false

    /// - Parameter hasSavepoints: without them, which is far quicker, the first failure ends the transaction.
    init(
        _ statements: TenantStatements, rules: RuleSets, node: String, now: Moment, hasSavepoints: Bool,
    ) throws {
        self.hasSavepoints = hasSavepoints
        self.statements = statements
        self.now = now
        self.node = node
        self.rules = try ActiveRules(rules, statements)
        senders = try SenderChoice(statements)
        let row = try statements.first(
            """
            SELECT ref_doc_no_policy, country, locale, time_zone, recovering, directory_version FROM tenant
            WHERE tenant = ?1
            """)
        guard let row else { throw TenancyError.unknownTenant(statements.tenant.text) }
        referencePolicy = TenantConfiguration.ReferencePolicy(rawValue: try row.text(0)) ?? .flag
        country = try row.text(1)
        locale = try row.text(2)
        timeZone = try row.text(3)
        isRecovering = try row.boolean(4)
        directoryVersion = try row.integer(5)
    }

    /// Writes the directory and follows its version.
    func updateDirectory(_ master: MasterParty, source: String, event: Int64) throws {
        let writer = DirectoryWriter(statements: statements, now: now)
        directory.forget()
        if try writer.apply(master, source: source, event: event) { directoryVersion += 1 }
    }

    /// Finds out whom a rule means in an event of `source`.
    func resolver(source: String) -> RecipientResolver {
        RecipientResolver(statements: statements, at: now, source: source, memory: directory)
    }

    /// An entry of the tenant's audit log in this transaction.
    func audit(_ action: String, _ subject: String, _ detail: [String: String]) throws {
        try statements.audit(
            AuditEntry(actor: node, action: action, subject: subject, detail: detail), now: now)
    }

    /// Runs `body` behind a savepoint: what is wrong with one event, rule or template is taken back and returned,
    /// what is wrong with the database or the lease goes on up.
    ///
    /// - Throws: ``SavepointsNeeded`` for what would be returned where there are no savepoints.
    func contained<T>(_ name: String, _ body: () throws -> T) throws -> Result<T, ContainedProblem> {
        let version = directoryVersion
        do {
            return .success(try hasSavepoints ? statements.savepoint(name, body) : body())
        } catch {
            guard let problem = ContainedProblem(error) else { throw error }
            guard hasSavepoints else { throw SavepointsNeeded() }
            directoryVersion = version
            directory.forget()
            return .failure(problem)
        }
    }
}

/// Ends a transaction without savepoints in which something failed, to be run again with them.
struct SavepointsNeeded: Error {}

/// Why one event, rule or message failed, alone.
struct ContainedProblem: Error {
    let code: String
    let sentence: String

    init(code: String, sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    /// What is wrong with one event, rule or template; nil for what is wrong with the database or the lease.
    init?(_ error: any Error) {
        switch error {
        case let error as TemplateError: self.init(code: error.code, sentence: error.description)
        case let error as RuleSetRefused: self.init(code: "rule_set_unreadable", sentence: "\(error)")
        case let error as ProtocolError: self.init(code: "malformed", sentence: error.description)
        case let error as SQLError where error.isAboutData:
            self.init(code: "not_storable", sentence: error.description)
        default: return nil
        }
    }
}

extension Error {
    /// Whether a row's own content is at fault: the database and the lease are well, and the next row may pass.
    var isAboutOneRow: Bool {
        (self as? SQLError)?.isAboutData ?? (self is DecodingError || self is EncodingError)
    }
}

extension SQLError {
    /// Whether the statement's own values were refused; the database is well and the next statement may pass.
    var isAboutData: Bool {
        switch self {
        case .constraint, .wrongType, .invalidText: true
        default: false
        }
    }
}

/// The rule set that decides.
enum ActiveRules: Sendable {
    case none
    case version(RuleSets.Version)
    /// A stored set that this release cannot read: every event's decision says so, and is made again later.
    case unreadable(number: Int64, sentence: String)

    /// The set that is active in the transaction's view of the database.
    init(_ rules: RuleSets, _ statements: TenantStatements) throws {
        do {
            self = try rules.active(statements).map(ActiveRules.version) ?? .none
        } catch let error as RuleSetRefused {
            let row = try statements.first("SELECT active_rule_set FROM tenant WHERE tenant = ?1")
            self = .unreadable(number: try row?.optionalInteger(0) ?? 0, sentence: "\(error)")
        }
    }

    /// The version that decisions name.
    var number: Int64? {
        switch self {
        case .none: nil
        case .version(let version): version.number
        case .unreadable(let number, _): number
        }
    }
}
