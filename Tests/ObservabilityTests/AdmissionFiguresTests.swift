import Metrics
import MetricsTestKit
import Testing

@testable import RPC

@Suite("What a server's admission leaves in metrics")
struct AdmissionFiguresTests {
    static let start = MonotonicInstant.now

    /// An admission of ``Greeter``'s only method whose figures go to `metrics`.
    static func admission(
        _ metrics: TestMetrics, _ change: (inout RPCServerLimits) -> Void = { _ in }
    ) -> Admission {
        var limits = RPCServerLimits()
        limits.runningMin = 100
        limits.runningMax = 100
        limits.methods["Greet"] = RPCMethodLimits()
        change(&limits)
        return withMetricsFactory(metrics) {
            Admission(Greeter.methods, limits: limits, epoch: self.start)
        }
    }

    static func enter(
        _ admission: Admission, _ criticality: CallContext.Criticality = .default,
        deadline: Duration? = nil, at offset: Duration = .zero
    ) throws -> Admission.Entry {
        let now = self.start + offset
        return try admission.enter(
            0, bytes: 1,
            CallContext(deadline: deadline.map { now + $0 }, criticality: criticality), now: now)
    }

    /// The refusals that were counted, by reason and criticality, without those that were not.
    static func refusals(_ metrics: TestMetrics) throws -> [String: Int64] {
        var refusals: [String: Int64] = [:]
        for reason in ["overload", "deadline", "method", "long"] {
            for criticality in CallContext.Criticality.allCases {
                let counter = try metrics.expectCounter(
                    "rpc_server_refusals_total",
                    [("reason", reason), ("criticality", criticality.rawValue)])
                if counter.totalValue > 0 {
                    refusals["\(reason) \(criticality.rawValue)"] = counter.totalValue
                }
            }
        }
        return refusals
    }

    @Test("refusals for overload are counted by criticality, and calls let in are not")
    func overload() throws {
        let metrics = TestMetrics()
        let admission = Self.admission(metrics)
        for (criticality, isLetIn) in [
            (CallContext.Criticality.sheddable, 75), (.default, 15), (.critical, 10),
        ] {
            for _ in 0..<isLetIn { _ = try Self.enter(admission, criticality) }
            #expect(throws: RPCError.self) { try Self.enter(admission, criticality) }
        }
        #expect(throws: RPCError.self) { try Self.enter(admission, .sheddable) }
        #expect(
            try Self.refusals(metrics) == [
                "overload sheddable": 2, "overload default": 1, "overload critical": 1,
            ])
    }

    @Test("refusals at a method's own limit are counted apart")
    func method() throws {
        let metrics = TestMetrics()
        let admission = Self.admission(metrics) { $0.methods["Greet"]?.runningMax = 1 }
        let entry = try Self.enter(admission)
        #expect(throws: RPCError.self) { try Self.enter(admission, .critical) }
        admission.leave(entry, now: Self.start)
        _ = try Self.enter(admission)
        #expect(try Self.refusals(metrics) == ["method critical": 1])
    }

    @Test("refusals of long calls are counted apart")
    func long() throws {
        let metrics = TestMetrics()
        let admission = Self.admission(metrics) {
            $0.longRunningMax = 1
            $0.methods["Greet"]?.isLong = true
        }
        _ = try Self.enter(admission)
        #expect(throws: RPCError.self) { try Self.enter(admission) }
        #expect(try Self.refusals(metrics) == ["long default": 1])
    }

    @Test("refusals of calls that would not end in time are counted, of calls that are late not")
    func deadline() throws {
        let metrics = TestMetrics()
        let admission = Self.admission(metrics)
        for number in 0..<64 {
            let offset = Duration.milliseconds(number * 10)
            let entry = try Self.enter(admission, deadline: .seconds(1), at: offset)
            admission.leave(entry, now: Self.start + offset + .milliseconds(100))
        }
        #expect(throws: RPCError.self) {
            try Self.enter(admission, .sheddable, deadline: .milliseconds(50), at: .seconds(1))
        }
        #expect(throws: RPCError.self) {
            try Self.enter(admission, deadline: .milliseconds(-1), at: .seconds(1))
        }
        #expect(try Self.refusals(metrics) == ["deadline sheddable": 1])
    }

    @Test("the limit is known from the start, and that of a window with the most that ran in it")
    func gauges() throws {
        let metrics = TestMetrics()
        let admission = Self.admission(metrics) {
            $0.runningMin = 4
            $0.runningMax = 1000
        }
        let limit = try metrics.expectGauge("rpc_server_limit")
        let running = try metrics.expectGauge("rpc_server_running")
        #expect(limit.values.count == 1)
        #expect(running.values == [0])
        /// Three calls at once, for a tenth of a second, again and again.
        func run(_ times: Range<Int>) throws {
            for time in times {
                let offset = Duration.milliseconds(time * 100)
                let entries = try (0..<3).map { _ in try Self.enter(admission, at: offset) }
                let end = Self.start + offset + .milliseconds(100)
                for entry in entries { admission.leave(entry, now: end) }
            }
        }
        // A window has sixteen calls and a quarter of a second at least.
        try run(0..<5)
        #expect(running.values.count == 1)
        try run(5..<6)
        #expect(running.values == [0, 3])
        #expect(limit.values.count == 2)
        var isLetIn = 0
        while (try? Self.enter(admission, .critical, at: .seconds(1))) != nil { isLetIn += 1 }
        #expect(limit.lastValue == Double(isLetIn))
    }
}
