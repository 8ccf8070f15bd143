import Synchronization

/// What is let through of one route.
final class RouteGate: Sendable {
    /// How the calls of a route are counted.
    enum Kind: Sendable {
        /// Not at all: health and reflection must answer when nothing else does.
        case exempt
        /// With all others that are answered soon.
        case short
        /// With streams and others that take their time.
        case long
    }

    let kind: Kind
    let limits: ResolvedLimits
    let name: String
    /// Calls that run; kept only where the route has a limit of its own.
    private let running = Atomic<Int>(0)
    /// What half of the calls take, in nanoseconds; 0 while it is not known.
    private let expected = Atomic<Int64>(0)
    /// Until when that counts, in nanoseconds on the clock of ``Admission``.
    private let expectedUntil = Atomic<Int64>(0)

    init(_ declaration: RPCMethodDeclaration, _ limits: RPCServerLimits) {
        let own = limits.methods[declaration.name]
        let isUnary = declaration.kind == .unary
        if AccessList.publicServices.contains(declaration.service) {
            self.kind = .exempt
        } else {
            self.kind = isUnary && own?.isLong != true ? .short : .long
        }
        self.limits = ResolvedLimits(own, else: limits, isUnary: isUnary)
        self.name = declaration.name
    }

    /// Counts a call in, unless as many run as may.
    @inline(__always)
    func enter() -> Bool {
        guard let most = self.limits.runningMax else { return true }
        if self.running.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
        self.running.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    /// Counts a call, or the stream it was answered with, out.
    @inline(__always)
    func leave() {
        guard self.limits.runningMax != nil else { return }
        self.running.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Counts a call in a second time, whatever the limit: for the life of its stream.
    func enterAgain() {
        guard self.limits.runningMax != nil else { return }
        self.running.wrappingAdd(1, ordering: .relaxed)
    }

    /// Says what is expected of calls, and until when that counts.
    func expect(_ nanoseconds: Int64, until: Int64) {
        self.expected.store(nanoseconds, ordering: .relaxed)
        self.expectedUntil.store(until, ordering: .relaxed)
    }

    /// What half of the calls take, in nanoseconds; 0 while it is not known.
    @inline(__always)
    var expectedNanoseconds: Int64 { self.expected.load(ordering: .relaxed) }

    /// Whether that still counts.
    func isExpectation(currentAt now: Int64) -> Bool {
        now < self.expectedUntil.load(ordering: .relaxed)
    }
}
