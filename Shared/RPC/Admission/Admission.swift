import Synchronization

/// Decides in one step, before anything is decoded, whether a call is begun.
///
/// A call costs one atomic addition and one subtraction; one call in up to 256 is timed. Nothing is
/// queued: what cannot be carried now is refused, so that callers wait where they can still change
/// their mind.
final class Admission: Sendable {
    /// A call that was let in.
    struct Entry: Sendable {
        fileprivate let gate: RouteGate
        fileprivate let route: Int
        /// How many ran when it began; 0 when it is not timed.
        fileprivate let running: Int
        fileprivate let start: MonotonicInstant
    }

    /// How long what was learned of a method counts without news of it.
    static let expectationNanoseconds: Int64 = 5_000_000_000
    /// The shares of the limit that sheddable and default calls may use, in percent.
    static let sheddablePercent = 75
    static let defaultPercent = 90

    private let gates: [RouteGate]
    private let limits: RPCServerLimits
    /// The short calls that run in the lower 24 bits, the calls ever begun above them.
    private let short = Atomic<UInt64>(0)
    private let long = Atomic<Int>(0)
    private let limit: Atomic<Int>
    private let sampleMask = Atomic<UInt64>(0)
    private let monitor: Mutex<LoadMonitor>
    private let metrics = AdmissionMetrics()
    private let epoch: MonotonicInstant

    private static let one: UInt64 = 1 << 24 | 1
    private static let runningMask: UInt64 = 1 << 24 - 1

    init(
        _ routes: [RPCMethodDeclaration], limits: RPCServerLimits, epoch: MonotonicInstant = .now
    ) {
        self.gates = routes.map { RouteGate($0, limits) }
        self.limits = limits
        let monitor = LoadMonitor(methods: routes.count, limits: limits)
        self.limit = Atomic(monitor.calls)
        self.metrics.report(limit: monitor.calls, running: 0)
        self.monitor = Mutex(monitor)
        self.epoch = epoch
    }

    /// What a route is allowed.
    func limits(ofRoute route: Int) -> ResolvedLimits { self.gates[route].limits }

    /// Lets a call in.
    ///
    /// - Throws: ``MessageTooLarge``; `deadline_exceeded` when the deadline has passed or comes
    ///   sooner than the method's calls usually end; `unavailable` or, at the method's own limit,
    ///   `resource_exhausted`, both with a pushback.
    @inline(__always)
    func enter(
        _ route: Int, bytes: Int, _ context: CallContext, now: MonotonicInstant
    ) throws -> Entry {
        let gate = self.gates[route]
        guard bytes <= gate.limits.requestBytesMax else {
            throw MessageTooLarge(
                "the request", bytes: bytes, max: gate.limits.requestBytesMax, of: gate.name)
        }
        if let deadline = context.deadline { try self.check(deadline, gate, context, now) }
        var running = 0
        switch gate.kind {
        case .exempt: break
        case .short:
            let state = self.short.wrappingAdd(Self.one, ordering: .relaxed).newValue
            let inside = Int(state & Self.runningMask)
            guard inside <= self.limit(for: context.criticality) else {
                self.short.wrappingSubtract(1, ordering: .relaxed)
                throw self.refusal(.overload, context.criticality, gate, at: state)
            }
            let mask = self.sampleMask.load(ordering: .relaxed)
            running = state >> 24 & mask == 0 ? inside : 0
        case .long:
            let inside = self.long.wrappingAdd(1, ordering: .relaxed).newValue
            guard inside <= self.limits.longRunningMax else {
                self.long.wrappingSubtract(1, ordering: .relaxed)
                throw self.refusal(.long, context.criticality, gate, at: UInt64(inside))
            }
        }
        guard gate.enter() else {
            self.countOut(gate)
            throw self.refusal(.method, context.criticality, gate, at: 0)
        }
        return Entry(gate: gate, route: route, running: running, start: now)
    }

    /// Counts a call out; the time is only asked for when the call is timed.
    @inline(__always)
    func leave(_ entry: Entry, now: @autoclosure () -> MonotonicInstant = .now) {
        entry.gate.leave()
        self.countOut(entry.gate)
        if entry.running > 0 { self.learn(entry, now: now()) }
    }

    @inline(__always)
    private func countOut(_ gate: RouteGate) {
        switch gate.kind {
        case .exempt: break
        case .short: self.short.wrappingSubtract(1, ordering: .relaxed)
        case .long: self.long.wrappingSubtract(1, ordering: .relaxed)
        }
    }

    @inline(__always)
    private func limit(for criticality: CallContext.Criticality) -> Int {
        let limit = self.limit.load(ordering: .relaxed)
        switch criticality {
        case .critical: return limit
        case .default: return max(1, limit &* Self.defaultPercent / 100)
        case .sheddable: return limit &* Self.sheddablePercent / 100
        }
    }

    @inline(__always)
    private func check(
        _ deadline: MonotonicInstant, _ gate: RouteGate, _ context: CallContext,
        _ now: MonotonicInstant
    ) throws {
        let expected = gate.expectedNanoseconds
        guard deadline <= now.advanced(byNanoseconds: expected) else { return }
        guard deadline > now else {
            throw RPCError(.deadlineExceeded, "the deadline passed before work began")
        }
        guard gate.isExpectation(currentAt: self.nanoseconds(at: now)) else { return }
        self.metrics.refused(.deadline, context.criticality)
        throw RPCError(
            .deadlineExceeded,
            "not begun: \(gate.name) usually takes \(expected / 1_000_000) ms, "
                + "which is more than the deadline leaves")
    }

    /// Takes what a timed call says; when somebody else is at it, the call is passed over.
    private func learn(_ entry: Entry, now: MonotonicInstant) {
        let end = self.nanoseconds(at: now)
        let report = self.monitor.withLockIfAvailable { monitor in
            monitor.take(
                method: entry.route, nanoseconds: end - self.nanoseconds(at: entry.start),
                running: entry.running, now: end)
        }
        guard let report = report.flatMap({ $0 }) else { return }
        self.limit.store(report.limit, ordering: .relaxed)
        self.sampleMask.store(report.sampleEvery - 1, ordering: .relaxed)
        for (gate, expected) in zip(self.gates, report.expected) {
            if let expected { gate.expect(expected, until: end + Self.expectationNanoseconds) }
        }
        self.metrics.report(limit: report.limit, running: report.running)
    }

    private func refusal(
        _ reason: AdmissionRefusal, _ criticality: CallContext.Criticality, _ gate: RouteGate,
        at count: UInt64
    ) -> RPCError {
        self.metrics.refused(reason, criticality)
        let mean = self.limits.overloadPushbackMilliseconds
        let pushback = mean / 2 + Int(truncatingIfNeeded: count >> 24 & 0xff) * mean / 256
        switch reason {
        case .method:
            return RPCError(
                .resourceExhausted, "as many calls of \(gate.name) are running as may",
                retryPushbackMilliseconds: mean)
        case .overload, .long, .deadline:
            return RPCError(
                .unavailable, "as many calls are running as may",
                retryPushbackMilliseconds: pushback)
        }
    }

    private func nanoseconds(at instant: MonotonicInstant) -> Int64 {
        instant.nanoseconds &- self.epoch.nanoseconds
    }
}

extension Admission {
    /// Checks an answer, and keeps a stream counted as long as somebody may read it.
    ///
    /// - Throws: ``MessageTooLarge``.
    @inline(__always)
    func check(_ answer: RPCAnswer, _ entry: Entry) throws -> RPCAnswer {
        switch answer {
        case .message(let bytes, _):
            guard bytes.count <= entry.gate.limits.replyBytesMax else {
                throw MessageTooLarge(
                    "the reply", bytes: bytes.count, max: entry.gate.limits.replyBytesMax,
                    of: entry.gate.name)
            }
            return answer
        case .messages(var messages):
            if let most = entry.gate.limits.answerElementBytesMax {
                messages = messages.limited("an element of the answer", most, entry.gate.name)
            }
            guard entry.gate.kind == .long else { return .messages(messages) }
            return .messages(messages.holding(OpenStream(self, entry.gate)))
        }
    }

    /// The elements that a caller streams, as a handler may see them.
    func elements(_ messages: RPCMessages, ofRoute route: Int) -> RPCRequestElements {
        let gate = self.gates[route]
        guard let most = gate.limits.requestElementBytesMax else {
            return RPCRequestElements(messages)
        }
        return RPCRequestElements(
            messages.limited("an element of the request", most, gate.name))
    }

    /// A stream that is counted until nobody holds it.
    private final class OpenStream: Sendable {
        private let admission: Admission
        private let gate: RouteGate

        init(_ admission: Admission, _ gate: RouteGate) {
            self.admission = admission
            self.gate = gate
            admission.long.wrappingAdd(1, ordering: .relaxed)
            gate.enterAgain()
        }

        deinit {
            self.gate.leave()
            self.admission.countOut(self.gate)
        }
    }
}

extension RPCMessages {
    /// The same elements, up to one that is too large; asking for that one throws.
    fileprivate func limited(_ what: String, _ bytesMax: Int, _ method: String) -> RPCMessages {
        self.pulled { pull in
            let element = try await pull()
            if let bytes = element?.count, bytes > bytesMax {
                throw MessageTooLarge(what, bytes: bytes, max: bytesMax, of: method)
            }
            return element
        }
    }
}

/// A message over the limit of its method; carriers over HTTP answer a request with 413.
public struct MessageTooLarge: RPCErrorConvertible, Hashable {
    /// Whether it is the request, and not the reply.
    public let isRequest: Bool
    public let rpcError: RPCError

    init(_ what: String, bytes: Int, max: Int, of method: String) {
        self.isRequest = what.hasSuffix("the request")
        self.rpcError = RPCError(
            .resourceExhausted, "\(what) of \(method) has \(bytes) bytes, at most \(max) may be")
    }
}
