/// The rules and the directory of a chain, and what they make of the facts.
package struct ChainRules: Sendable {
    /// `at-most-once` or `at-least-once`.
    let deliveryPolicy: String

    private static let told = [
        "created": "order-to-buyer", "effective": "order-to-vendor", "received": "invoice-to-vendor",
        "posted": "posting-to-vendor",
    ]

    /// The rule that tells a fact; nil for facts that no rule is on.
    package static func rule(on transition: String) -> String? { told[transition] }

    /// Whether the text of `rule` says how much.
    static func tellsAmount(_ rule: String) -> Bool { rule != "posting-to-vendor" }

    /// Where what `rule` tells of a document has to go, by SAP's own ledger and the directory.
    /// - Returns: nil where nobody is to be found.
    static func recipient(_ rule: String, of content: SAPLedger.Content) -> String? {
        if rule == "order-to-buyer" {
            return content.buyerPhone ?? phones.first { $0.group == content.purchasingGroup }?.phone
        }
        let vendor = content.vendor.drop { $0 == "0" }
        return content.vendorMail ?? mails.first { $0.vendor == vendor }?.mail
    }

    /// `rules.yaml`: the buyer hears of a new order, the vendor of an effective one and of its invoices.
    var rules: String {
        """
        rules:
          - name: order-to-buyer
            on: sap.purchase_order.created
            when: e.total_net >= 0 && e.items.size() > 0
            delivery: \(deliveryPolicy)
            notify:
              - { channel: sms, recipients: [buyer], template: order-created }
          - name: order-to-vendor
            on: sap.purchase_order.effective
            delivery: \(deliveryPolicy)
            notify:
              - { channel: email, recipients: [vendor], template: order-effective }
          - name: invoice-to-vendor
            on: sap.vendor_invoice.received
            when: "!e.credit_memo || e.gross_amount > 0"
            delivery: \(deliveryPolicy)
            notify:
              - { channel: email, recipients: [vendor], template: invoice-received }
          - name: posting-to-vendor
            on: sap.vendor_invoice.posted
            delivery: \(deliveryPolicy)
            notify:
              - { channel: email, recipients: [vendor], template: invoice-posted }
        templates:
          order-created:
            sms: "Order {{e.number}} for {{e.vendor_name}}: {{e.total_net}} {{e.currency}}, due {{e.delivery_date_earliest}}."
          order-effective:
            email:
              subject: "Purchase order {{e.number}}"
              text: |
                Dear {{recipient.name}},
                our purchase order {{e.number}} over {{e.total_net}} {{e.currency}} is effective.
                {{#e.items}}
                {{text}}: {{quantity}} {{unit}}
                {{/e.items}}
          invoice-received:
            email:
              subject: "Your invoice {{e.ref_doc_no}}"
              text: |
                We have received your invoice {{e.ref_doc_no}} over {{e.gross_amount}} {{e.currency}} as {{e.number}}.
          invoice-posted:
            email:
              subject: "Your invoice {{e.ref_doc_no}} is posted"
              text: |
                Your invoice {{e.ref_doc_no}} is posted as {{e.number}} and due on {{e.due_date}}.

        """
    }

    /// For buyers without a mobile number of SAP's.
    private static let phones = [
        (group: "001", phone: "+4915735990001"), (group: "002", phone: "+4915735990002"),
        (group: "003", phone: "+4915735990003"),
    ]
    /// For vendors without a mail address of SAP's.
    private static let mails = [
        (vendor: "100006", mail: "post@vendor6.example"), (vendor: "100012", mail: "post@vendor12.example"),
    ]

    /// `directory.csv`.
    static var directory: String {
        (["kind,key,phone,email"] + phones.map { "purchasing_group,\($0.group),\($0.phone)," }
            + mails.map { "vendor,\($0.vendor),,\($0.mail)" }).map { $0 + "\n" }.joined()
    }
}
