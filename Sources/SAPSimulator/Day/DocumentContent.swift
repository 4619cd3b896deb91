/// What a document says from one commit on, and whom it concerns, as a person in SAP sees it.
///
/// Derived from what the day decides, never from the rows: a reader that takes SAP's two technical decimals for the
/// currency's own, or the wrong one of two addresses, is to be found out.
struct DocumentContent: Hashable, Sendable {
    /// EBELN, or BELNR and GJAHR.
    let documentKey: String
    /// Net total of an order, gross amount of an invoice, with the decimals of its currency: `1250.00`, `125000`.
    let amount: String
    let currency: String
    /// The vendor's own invoice number; empty for an order.
    let reference: String
    /// LIFNR.
    let vendor: String
    /// The vendor's default mail address, and the creator's mobile number; nil where SAP has none.
    let vendorMail: String?
    let buyerPhone: String?
    /// EKGRP; empty for an invoice.
    let purchasingGroup: String
}

extension DocumentContent {
    init(_ order: BusinessDay.Order) {
        self.init(
            documentKey: order.number, quantity: order.quantity, order, reference: "",
            purchasingGroup: order.header["EKGRP"] ?? "")
    }

    init(_ invoice: BusinessDay.Invoice, for order: BusinessDay.Order) {
        self.init(
            documentKey: invoice.number + invoice.year, quantity: order.quantity, order,
            reference: invoice.header["XBLNR"] ?? "", purchasingGroup: "")
    }

    private init(
        documentKey: String, quantity: Int, _ order: BusinessDay.Order, reference: String,
        purchasingGroup: String,
    ) {
        self.documentKey = documentKey
        amount = Self.amount(quantity * BusinessDay.priceInUnits, order.currency)
        currency = order.currency
        self.reference = reference
        vendor = order.vendor
        vendorMail = Masters.mail(ofVendor: order.vendor)
        buyerPhone = Masters.mobile(of: order.creator)
        self.purchasingGroup = purchasingGroup
    }

    /// So many of the currency's smallest units, written with its decimals.
    static func amount(_ units: Int, _ currency: String) -> String {
        let decimals = CustomizingData.decimals[currency] ?? 2
        guard decimals > 0 else { return String(units) }
        let digits = SAPCalendar.padded(units, decimals + 1)
        return "\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
    }
}
