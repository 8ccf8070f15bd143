import NIOCore
import RPC
import Testing

@testable import RPCOverHTTP2

/// Moments, and the deadlines of event loops that they become.
@Suite("Moments on the monotonic clock")
struct MonotonicInstantTests {
    @Test("a moment and an event loop's deadline are of one clock")
    func oneClock() {
        let before = MonotonicInstant.now
        let deadline = MonotonicInstant(NIODeadline.now())
        let after = MonotonicInstant.now
        #expect(before <= deadline)
        #expect(deadline <= after)
        #expect(NIODeadline(before).uptimeNanoseconds == UInt64(before.nanoseconds))
    }

    @Test(
        "moments that there are not become the last or the first there are",
        arguments: [
            (.max, .seconds(1), .max), (.max - 5, .nanoseconds(6), .max),
            (.min, .seconds(-1), .min), (0, .seconds(Int64.max), .max), (7, .zero, 7),
            (7, .nanoseconds(-7), 0),
        ] as [(Int64, Duration, Int64)])
    func saturating(start: Int64, duration: Duration, end: Int64) {
        #expect(
            (MonotonicInstant(nanoseconds: start) + duration).nanoseconds == end)
    }

    @Test("the time between moments is as long as it is one way and the other")
    func durations() {
        let early = MonotonicInstant(nanoseconds: 1_000)
        let late = early + .milliseconds(3)
        #expect(early.duration(to: late) == .milliseconds(3))
        #expect(late.duration(to: early) == .milliseconds(-3))
        let first = MonotonicInstant(nanoseconds: .min)
        let last = MonotonicInstant(nanoseconds: .max)
        #expect(first.duration(to: last) == .nanoseconds(Int64.max))
        #expect(last.duration(to: first) == .nanoseconds(Int64.min))
        #expect(last - .nanoseconds(Int64.max) == MonotonicInstant(nanoseconds: 0))
    }

    @Test("a deadline before the clock's beginning has passed")
    func negative() {
        #expect(NIODeadline(MonotonicInstant(nanoseconds: -1)) == .uptimeNanoseconds(0))
    }
}
