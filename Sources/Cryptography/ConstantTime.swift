/// Compares without stopping at the first difference, so that the time tells nothing about where it is.
///
/// Texts of different length are unequal at once: their lengths are not secret.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
}
