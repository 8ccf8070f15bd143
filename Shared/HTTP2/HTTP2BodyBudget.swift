import Synchronization

/// What many connections may hold of request bodies together: those of a listener, or of a process.
///
/// A connection holds its first 16 KiB on its own account, so that a neighbour whose requests are
/// small is served even when others have used everything up. It draws on the budget for what goes
/// beyond, a frame's worth at a time, and gives it back as its handlers let go of bodies.
public final class HTTP2BodyBudget: Sendable {
    private let bytesMax: Int
    private let drawn = Atomic(0)

    /// Makes a budget of which nothing is drawn.
    ///
    /// - Parameter bytesMax: Bytes of all connections together, beyond the first of each.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes that connections have drawn now.
    package var drawnBytes: Int { self.drawn.load(ordering: .relaxed) }

    /// Draws bytes; false, and nothing is drawn, when there are not so many left.
    func draw(_ count: Int) -> Bool {
        if self.drawn.add(count, ordering: .relaxed).newValue <= self.bytesMax { return true }
        self.giveBack(count)
        return false
    }

    func giveBack(_ count: Int) {
        self.drawn.subtract(count, ordering: .relaxed)
    }
}

/// One connection's part of a budget. Belongs to the connection's loop.
///
/// Whoever counts what a connection holds asks before it holds more, and tells when it holds less.
/// Only every 16 KiB of a difference reaches the budget that others share.
package struct BodyShare {
    private let budget: HTTP2BodyBudget
    /// What may be held without asking the budget.
    private var bytesMax = FixedLimits.ownBodyBytesMax

    /// Makes the part of a connection that holds nothing.
    package init(of budget: HTTP2BodyBudget) {
        self.budget = budget
    }

    /// Whether the connection may hold so much, drawing on the budget if need be.
    @inline(__always)
    package mutating func covers(_ heldBytes: Int) -> Bool {
        heldBytes <= self.bytesMax || self.draw(for: heldBytes)
    }

    /// The connection holds no more than this: gives back what it does not need.
    @inline(__always)
    package mutating func shrink(to heldBytes: Int) {
        if self.bytesMax - heldBytes >= 2 * FixedLimits.bodyShareStepBytes {
            self.giveBack(keeping: heldBytes)
        }
    }

    private mutating func draw(for heldBytes: Int) -> Bool {
        let bytesMax = Self.bytesMax(for: heldBytes)
        guard self.budget.draw(bytesMax - self.bytesMax) else { return false }
        self.bytesMax = bytesMax
        return true
    }

    private mutating func giveBack(keeping heldBytes: Int) {
        let bytesMax = Self.bytesMax(for: heldBytes)
        self.budget.giveBack(self.bytesMax - bytesMax)
        self.bytesMax = bytesMax
    }

    /// What is allowed to a connection that holds so much: whole steps beyond its own.
    private static func bytesMax(for heldBytes: Int) -> Int {
        let step = FixedLimits.bodyShareStepBytes
        let beyond = max(0, heldBytes - FixedLimits.ownBodyBytesMax)
        return FixedLimits.ownBodyBytesMax + (beyond + step - 1) / step * step
    }
}
