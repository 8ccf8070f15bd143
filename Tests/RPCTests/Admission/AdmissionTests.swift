import Testing

@testable import RPC

@Suite("Calls are let in while they can be carried")
struct AdmissionTests {
    static let start = MonotonicInstant.now
    static let greet = 0
    static let count = 2

    /// Exactly 100 calls may run, however quickly they are answered.
    static func admission(
        _ change: (inout RPCServerLimits) -> Void = { _ in }
    ) -> Admission {
        var limits = RPCServerLimits()
        limits.runningMin = 100
        limits.runningMax = 100
        change(&limits)
        return Admission(Greeter.methods + Health.methods, limits: limits, epoch: Self.start)
    }

    static func enter(
        _ admission: Admission, _ route: Int = Self.greet,
        _ criticality: CallContext.Criticality = .default
    ) throws -> Admission.Entry {
        try admission.enter(
            route, bytes: 1, CallContext(criticality: criticality), now: Self.start)
    }

    /// How many calls get in before one is refused.
    static func fill(
        _ admission: Admission, _ criticality: CallContext.Criticality
    ) -> (Int, RPCError?) {
        for count in 0..<1000 {
            do {
                _ = try Self.enter(admission, Self.greet, criticality)
            } catch {
                return (count, error as? RPCError)
            }
        }
        return (1000, nil)
    }

    @Test("sheddable calls are refused first, then default ones, critical ones last")
    func criticality() {
        let admission = Self.admission()
        let (sheddable, refusal) = Self.fill(admission, .sheddable)
        #expect(sheddable == 75)
        #expect(refusal?.code == .unavailable)
        #expect((50...150).contains(refusal?.retryPushbackMilliseconds ?? 0))
        #expect(Self.fill(admission, .default).0 == 15)
        #expect(Self.fill(admission, .critical).0 == 10)
        #expect(Self.fill(admission, .sheddable).0 == 0)
    }

    @Test("a call that has ended makes room")
    func leaving() throws {
        let admission = Self.admission()
        let entries = try (0..<90).map { _ in try Self.enter(admission) }
        #expect(throws: RPCError.self) { try Self.enter(admission) }
        for entry in entries { admission.leave(entry, now: Self.start) }
        #expect(Self.fill(admission, .default).0 == 90)
    }

    @Test("nothing is lost in the count when many enter and leave at once")
    func atOnce() async throws {
        let admission = Self.admission()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<5_000 {
                        admission.leave(try Self.enter(admission), now: Self.start)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(Self.fill(admission, .critical).0 == 100)
    }

    @Test("streams and long methods are counted apart, and have a bound of their own")
    func long() throws {
        let admission = Self.admission { limits in
            limits.longRunningMax = 120
            limits.methods["Charge"] = RPCMethodLimits()
            limits.methods["Charge"]?.isLong = true
        }
        for number in 0..<120 { _ = try Self.enter(admission, number % 2 + 1) }
        let error = #expect(throws: RPCError.self) { try Self.enter(admission, Self.count) }
        #expect(error?.code == .unavailable)
        #expect(Self.fill(admission, .default).0 == 90)
    }

    @Test("health is answered when nothing else is")
    func health() throws {
        let admission = Self.admission()
        _ = Self.fill(admission, .critical)
        for _ in 0..<100 { _ = try Self.enter(admission, Greeter.methods.count) }
    }

    @Test("a call whose deadline comes before it can end is not begun, as long as that is news")
    func deadline() throws {
        let admission = Self.admission()
        func call(at offset: Duration, takes: Duration, deadline: Duration) throws {
            let now = Self.start + offset
            let entry = try admission.enter(
                Self.greet, bytes: 1, CallContext(deadline: now + deadline), now: now)
            admission.leave(entry, now: now + takes)
        }
        for number in 0..<64 {
            try call(
                at: .milliseconds(number * 10), takes: .milliseconds(100), deadline: .seconds(1))
        }
        let now = Duration.seconds(1)
        let error = #expect(throws: RPCError.self) {
            try call(at: now, takes: .zero, deadline: .milliseconds(50))
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message.hasPrefix("not begun: Greet usually takes ") == true)
        try call(at: now, takes: .milliseconds(100), deadline: .milliseconds(150))
        // Nothing has been heard for long: it is tried again.
        try call(at: .seconds(7), takes: .zero, deadline: .milliseconds(50))
    }

    @Test("a stream is counted until nobody can read it any more")
    func stream() async throws {
        var limits = RPCServerLimits()
        limits.methods["Count"] = RPCMethodLimits()
        limits.methods["Count"]?.runningMax = 1
        let router = try RPCRouter([Greeter.routes()], access: .everyone, limits: limits)
        let greeter = RPCClient(
            Greeter.self, carry: router.carry(as: nil), options: RPCClientOptions(retry: .never))
        for _ in 0..<2 {
            var numbers = try await greeter.stream(Count(to: 2)).makeAsyncIterator()
            #expect(try await numbers.next() == 0)
            let error = await #expect(throws: RPCError.self) {
                _ = try await greeter.stream(Count(to: 2))
            }
            #expect(error?.code == .resourceExhausted)
            #expect(try await numbers.next() == 1)
            #expect(try await numbers.next() == nil)
        }
    }
}
