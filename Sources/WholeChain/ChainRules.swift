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

    /// `directory.csv`: for buyers without a mobile number, and vendors without a mail address, of SAP's.
    static let directory = """
        kind,key,phone,email
        purchasing_group,001,+4915735990001,
        purchasing_group,002,+4915735990002,
        purchasing_group,003,+4915735990003,
        vendor,100006,,post@vendor6.example
        vendor,100012,,post@vendor12.example

        """
}
