internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// REF_DOC_NO, the second line against telling one invoice twice (DESIGN.md 4.2): the first invoice to bear a
/// reference claims it by a unique row in the transaction that journals it.
struct ReferenceClaims {
    let statements: TenantStatements
    let now: Moment

    /// How long a claim stands.
    static let life = Duration.seconds(400 * 86_400)

    /// Another invoice that bears the reference.
    struct Finding: Sendable {
        let earlierBusinessKey: String
        let earlierEvent: Int64
        /// Currency, gross amount and document date are equal too.
        let isSameAmount: Bool
    }

    /// What is compared of an invoice.
    private struct Invoice {
        let key: [SQLValue]
        let currency, grossAmount: SQLValue
        let documentDate: SQLValue

        init?(_ event: Event, _ record: RecordView) {
            let types = ["sap.vendor_invoice.received", "sap.vendor_invoice.posted"]
            guard types.contains(event.type), record.boolean("one_time_vendor") != true,
                let vendor = record.text("vendor"), let companyCode = record.text("company_code"),
                let documentType = record.text("document_type"),
                let reference = ReferenceClaims.normalised(
                    event.reference.isEmpty ? record.text("ref_doc_no") ?? "" : event.reference)
            else { return nil }
            key = [
                .text(event.source), .text(SAPKey(vendor).stripped), .text(companyCode), .text(reference),
                .text(documentType),
            ]
            currency = SQLValue(record.text("currency"))
            if case .decimal(let amount) = record.value("gross_amount") {
                grossAmount = .text(amount.normalized.description)
            } else {
                grossAmount = .null
            }
            if case .date(let date) = record.value("document_date") {
                documentDate = .integer(Int64(date.daysSinceEpoch))
            } else {
                documentDate = .null
            }
        }
    }

    /// Claims the reference of an invoice, or says who claimed it before.
    func claim(_ journaled: JournaledEvent) throws -> Finding? {
        let event = journaled.event
        if event.type == "sap.vendor_invoice.reversed" { try reverse(event) }
        guard let invoice = Invoice(event, journaled.record) else { return nil }
        // One statement: takes the claim where it is free, over, or given back, and keeps its own.
        let taken = try statements.run(
            """
            INSERT INTO reference_claim
                (tenant, source, vendor, company_code, reference, document_type, business_key, event, currency,
                 gross_amount, document_date, claimed_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (tenant, source, vendor, company_code, reference, document_type) DO UPDATE SET
                business_key = ?7, event = ?8, currency = ?9, gross_amount = ?10, document_date = ?11,
                claimed_at = ?12, reversed_at = NULL
            WHERE reversed_at IS NOT NULL OR claimed_at <= ?13
            """,
            invoice.key + [
                .text(event.businessKey), .integer(journaled.number), invoice.currency, invoice.grossAmount,
                invoice.documentDate, now.sql, (now - Self.life).sql,
            ])
        if taken == 1 { return nil }
        let row = try statements.first(
            """
            SELECT business_key, event, currency IS ?7 AND gross_amount IS ?8 AND document_date IS ?9
                AND gross_amount IS NOT NULL AS same
            FROM reference_claim
            WHERE tenant = ?1 AND source = ?2 AND vendor = ?3 AND company_code = ?4 AND reference = ?5
              AND document_type = ?6
            """, invoice.key + [invoice.currency, invoice.grossAmount, invoice.documentDate])
        guard let row, try row.text("business_key") != event.businessKey else { return nil }
        return Finding(
            earlierBusinessKey: try row.text("business_key"), earlierEvent: try row.integer("event"),
            isSameAmount: try row.boolean("same"))
    }

    /// A reversed invoice gives its reference back: the next one that bears it is its correction.
    private func reverse(_ event: Event) throws {
        try statements.run(
            """
            UPDATE reference_claim SET reversed_at = ?4
            WHERE tenant = ?1 AND source = ?2 AND business_key = ?3 AND reversed_at IS NULL
            """, [.text(event.source), .text(event.businessKey), now.sql])
    }

    /// A reference as it is compared: letters and digits alone, in capitals, without leading zeros; nil where
    /// nothing is left.
    static func normalised(_ reference: String) -> String? {
        let kept = reference.uppercased().unicodeScalars.filter {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        let text = String(String.UnicodeScalarView(kept)).drop { $0 == "0" }
        return text.isEmpty ? nil : String(text)
    }
}
