/// The names of facts in log lines, all in one place: dotted, lower case, never a secret or a personal fact.
package enum LogKeys {
    // Who
    package static let tenant = "tenant"
    package static let agent = "agent.id"
    package static let source = "source"
    package static let node = "node"
    // What
    package static let feed = "feed"
    package static let stream = "stream"
    package static let tier = "tier"
    package static let document = "document"
    package static let eventID = "event.id"
    package static let eventType = "event.type"
    package static let batch = "batch.digest"
    package static let lineage = "lineage"
    package static let lane = "lane"
    package static let sequence = "sequence"
    package static let rule = "rule"
    package static let notification = "notification.id"
    package static let attempt = "attempt.id"
    package static let channel = "channel"
    package static let providerID = "provider.id"
    package static let function = "rfc.function"
    package static let table = "rfc.table"
    package static let worker = "rfc.worker"
    // How much and how long
    package static let count = "count"
    package static let bytes = "bytes"
    package static let milliseconds = "duration.ms"
    package static let retryAfterSeconds = "retry.after.s"
    package static let tries = "tries"
    // Where
    package static let path = "path"
    package static let host = "host"
    package static let port = "port"
    package static let status = "http.status"
    // What went wrong
    package static let error = "error"
    package static let code = "error.code"
    package static let kind = "error.kind"
    package static let remedy = "remedy"
}
