import CBOR
import Synchronization
import TestKit
import Testing

@testable import RPC

@Suite("A safe call that is slow is made a second time", .timeLimit(.minutes(1)))
struct HedgingTests {
    static func client(
        _ carrier: ScriptedCarrier, percentMax: Int = 100, _ clock: ManualClock
    ) -> RPCClient<Greeter> {
        RPCClient(
            Greeter.self, carry: carrier.carry,
            options: RPCClientOptions(
                timeout: .seconds(600), retry: .never,
                hedging: HedgePolicy(
                    .fixed(.milliseconds(50)), percentMax: percentMax, clock: clock)))
    }

    @Test("the second answer counts when it is first, and the slow attempt is cancelled")
    func hedges() async throws {
        let clock = ManualClock()
        let carrier = ScriptedCarrier([.never, .answer("second")])
        let client = Self.client(carrier, clock)
        async let reply = client.send(Greet(name: "Ada"))
        await clock.untilSleeping()
        await carrier.untilBegun(1)
        clock.advance(by: .milliseconds(50))
        #expect(try await reply == "second")
        await carrier.untilCancelled(1)
        let calls = carrier.calls
        #expect(calls.map(\.isHedge) == [false, true])
        #expect(calls.map(\.context.attempt) == [1, 2])
        #expect(calls[0].trail === calls[1].trail && calls[0].trail != nil)
    }

    @Test("an answer in time makes no second attempt")
    func inTime() async throws {
        let carrier = ScriptedCarrier([.answer("first")])
        let reply = try await Self.client(carrier, ManualClock()).send(Greet(name: "Ada"))
        #expect(reply == "first")
        #expect(carrier.calls.count == 1)
    }

    @Test("a call that is not safe is made once, however slow")
    func unsafeCall() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let carrier = ScriptedCarrier([.after(gate, 7)])
        async let reply = Self.client(carrier, clock).send(Charge(amount: 7))
        await carrier.untilBegun(1)
        clock.advance(by: .seconds(10))
        gate.open()
        #expect(try await reply == 7)
        #expect(carrier.calls.count == 1)
    }

    @Test("without leave there is no second attempt")
    func allowance() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let carrier = ScriptedCarrier([.after(gate, "first")])
        // One call so far: half a hedge.
        async let reply = Self.client(carrier, percentMax: 50, clock).send(Greet(name: "Ada"))
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(50))
        gate.open()
        #expect(try await reply == "first")
        #expect(carrier.calls.count == 1)
    }

    @Test("when one attempt cannot be answered, the other is waited for")
    func otherAttempt() async throws {
        let clock = ManualClock()
        let (first, second) = (Gate(), Gate())
        let carrier = ScriptedCarrier([
            .failAfter(first, RPCError(.unavailable, "gone")), .after(second, "second"),
        ])
        async let reply = Self.client(carrier, clock).send(Greet(name: "Ada"))
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(50))
        await carrier.untilBegun(2)
        first.open()
        await carrier.untilEnded(1)
        second.open()
        #expect(try await reply == "second")
    }

    @Test("a refusal by one attempt ends the call")
    func refusal() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let refusal = RPCError(.permissionDenied, "no")
        let carrier = ScriptedCarrier([.failAfter(gate, refusal), .never])
        let client = Self.client(carrier, clock)
        let call = Task { try await client.send(Greet(name: "Ada")) }
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(50))
        await carrier.untilBegun(2)
        gate.open()
        await #expect(throws: refusal) { try await call.value }
    }

    @Test("cancelling the caller cancels both attempts")
    func cancellation() async throws {
        let clock = ManualClock()
        let carrier = ScriptedCarrier([.never, .never])
        let client = Self.client(carrier, clock)
        let call = Task { try await client.send(Greet(name: "Ada")) }
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(50))
        await carrier.untilBegun(2)
        call.cancel()
        let error = await #expect(throws: RPCError.self) { try await call.value }
        #expect(error?.code == .canceled)
        await carrier.untilCancelled(2)
    }

    @Test("hedges are held against the calls of the last ten seconds")
    func window() {
        var window = HedgeWindow(percentMax: 10)
        for _ in 0..<20 { window.began(at: .seconds(1)) }
        var taken = (0..<3).map { _ in window.takeHedge(at: .seconds(2)) }
        #expect(taken == [true, true, false])
        for _ in 0..<10 { window.began(at: .seconds(9)) }
        // At 11 the calls of second 1 are forgotten, the hedges of second 2 not yet.
        taken = [10, 11, 25].map { window.takeHedge(at: .seconds($0)) }
        #expect(taken == [true, false, false])
    }

    @Test("the delay follows the slowest of recent calls, once there are enough")
    func percentile() {
        var latencies = RecentLatencies()
        for number in 1..<HedgeLimits.samplesMin { latencies.add(.milliseconds(number)) }
        #expect(latencies.percentile95 == nil)
        latencies.add(.milliseconds(1))
        #expect(latencies.percentile95 == .milliseconds(19))
        for _ in 0..<HedgeLimits.samplesMax * 2 { latencies.add(.milliseconds(3)) }
        #expect(latencies.percentile95 == .milliseconds(3))
    }
}
