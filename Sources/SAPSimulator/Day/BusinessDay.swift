/// A day of business that a seed repeats: the same documents in the same order.
///
/// Masters come first; then orders (some held, some awaiting release), changes of them, and invoices (some parked,
/// held or blocked), and what becomes of the unfinished ones a few steps later. Stamps are given from outside.
struct BusinessDay: Sendable {
    /// A date and a time of day as SAP writes them.
    typealias Stamp = (date: String, time: String)

    /// An order that exists and can be changed and invoiced.
    struct Order: Sendable {
        let number: String
        /// AEDAT and ERNAM of its row, which never change.
        let created: String
        let creator: String
        let vendor: String
        let currency: String
        var quantity: Int
        /// Columns of EKKO.
        var header: [String: String]

        var creation: String { created + creator }
    }

    /// What is still to happen to a document.
    enum FollowUp: Sendable {
        case completeOrder(Order)
        case releaseOrder(String)
        case postInvoice(Invoice)
    }

    let client: String
    var numbers: SeededNumbers
    var orders: [Order] = []
    var lastOrder = 4_500_000_000
    var lastInvoice = 5_105_600_000
    var lastAccounting = 1_900_000_000
    var lastChange = 1_000
    private var step = 0
    private var followUps: [(due: Int, what: FollowUp)] = []

    init(client: String, seed: UInt64) {
        self.client = client
        numbers = SeededNumbers(seed: seed)
    }

    /// The next document: a follow-up that is due, else an order, a change or an invoice; one of ten commits late.
    mutating func next(_ stamp: Stamp) -> DayStep {
        step += 1
        let lateness = chance(10) ? Double(pick(1...30)) / 10 : 0
        if let index = followUps.firstIndex(where: { $0.due <= step }) {
            return DayStep(followUp(followUps.remove(at: index).what, stamp), lateness: lateness)
        }
        let kind = pick(0...9)
        if kind < 6 || orders.isEmpty { return DayStep(order(stamp), lateness: lateness) }
        let index = pick(0...orders.count - 1)
        return DayStep(kind < 8 ? change(index, stamp) : invoice(orders[index], stamp), lateness: lateness)
    }

    private mutating func followUp(_ what: FollowUp, _ stamp: Stamp) -> DayStep.Content {
        switch what {
        case .completeOrder(let order): complete(order)
        case .releaseOrder(let number): release(number, stamp)
        case .postInvoice(let invoice): post(invoice, stamp)
        }
    }

    /// Lets something happen to a document within the next steps.
    mutating func later(_ what: FollowUp) { followUps.append((step + pick(3...9), what)) }

    /// One time of so many.
    mutating func chance(_ oneOf: Int) -> Bool { pick(1...oneOf) == 1 }

    mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[pick(0...elements.count - 1)] }
}
