import CBOR
import RPC
import Testing

@Suite("Calls are repeated only where it is right")
struct RetryTests {
    static let policy = RetryPolicy(
        attemptsMax: 3, firstWaitMilliseconds: 10, waitMillisecondsMax: 15)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let error: RPCError
        var attempt = 1
        var repetition = Repetition.safe
        var isKeyed = false
        var wasNotProcessed = false
        let decision: RetryPolicy.Decision
        var testDescription: String { self.name }
    }

    static let cases: [Case] = [
        Case(
            name: "safe and unavailable: again", error: RPCError(.unavailable, ""),
            decision: .retry(waitMillisecondsMax: 10)),
        Case(
            name: "the wait doubles up to its ceiling", error: RPCError(.unavailable, ""),
            attempt: 2, decision: .retry(waitMillisecondsMax: 15)),
        Case(
            name: "attempts are used up", error: RPCError(.unavailable, ""), attempt: 3,
            decision: .fail),
        Case(
            name: "unsafe and perhaps carried out: never", error: RPCError(.unavailable, ""),
            repetition: .unsafe, decision: .fail),
        Case(
            name: "unsafe with a key: again", error: RPCError(.unavailable, ""),
            repetition: .unsafe, isKeyed: true, decision: .retry(waitMillisecondsMax: 10)),
        Case(
            name: "unsafe and provably not carried out: again", error: RPCError(.unavailable, ""),
            repetition: .unsafe, wasNotProcessed: true,
            decision: .retry(waitMillisecondsMax: 10)),
        Case(
            name: "a refusal is not repeated", error: RPCError(.permissionDenied, ""),
            decision: .fail),
        Case(
            name: "a passed deadline is not repeated", error: RPCError(.deadlineExceeded, ""),
            decision: .fail),
        Case(
            name: "a limit without a wait is not repeated", error: RPCError(.resourceExhausted, ""),
            decision: .fail),
        Case(
            name: "a limit with a wait is repeated after it",
            error: RPCError(.resourceExhausted, "", retryPushbackMilliseconds: 7),
            decision: .obeyPushback(milliseconds: 7)),
        Case(
            name: "a negative wait means never",
            error: RPCError(.unavailable, "", retryPushbackMilliseconds: -1), decision: .fail),
    ]

    @Test("the policy decides", arguments: Self.cases)
    func decides(example: Case) {
        #expect(
            Self.policy.decide(
                after: example.error, attempt: example.attempt, repetition: example.repetition,
                isKeyed: example.isKeyed, wasNotProcessed: example.wasNotProcessed)
                == example.decision)
    }

    @Test("a client repeats with the attempt counted, but for one that was not carried out")
    func repeats() async throws {
        let carrier = FailingCarrier(
            [RPCError(.unavailable, "one"), CarryFailure(RPCError(.unavailable, "two"))],
            then: try CBOREncoder().encode("hello"))
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: RPCClientOptions(
                timeout: .seconds(600), retry: RetryPolicy(firstWaitMilliseconds: 1)))
        #expect(try await client.send(Greet(name: "Ada")) == "hello")
        #expect(carrier.attempts.map(\.attempt) == [1, 2, 2])
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let name: String
        let failures: [any Error]
        var retry = RetryPolicy.never
        let attempts: [Int]
        var succeeds = true
        var testDescription: String { self.name }
    }

    static let away = CarryFailure(RPCError(.unavailable, "away"))

    @Test(
        "what provably was not carried out is repeated once without counting, whatever it does",
        arguments: [
            Failure(name: "once", failures: [Self.away], attempts: [1, 1]),
            Failure(
                name: "twice, and no more is allowed", failures: [Self.away, Self.away],
                attempts: [1, 1], succeeds: false),
            Failure(
                name: "twice, and more is allowed", failures: [Self.away, Self.away],
                retry: RetryPolicy(attemptsMax: 2, firstWaitMilliseconds: 1),
                attempts: [1, 1, 2]),
            Failure(
                name: "the peer asks for a wait",
                failures: [
                    CarryFailure(RPCError(.unavailable, "", retryPushbackMilliseconds: 1))
                ], attempts: [1], succeeds: false),
            Failure(
                name: "perhaps carried out", failures: [RPCError(.unavailable, "")],
                retry: RetryPolicy(firstWaitMilliseconds: 1), attempts: [1], succeeds: false),
        ])
    func transparent(example: Failure) async throws {
        let carrier = FailingCarrier(example.failures, then: [0x01])
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: RPCClientOptions(timeout: .seconds(600), retry: example.retry))
        let amount = try? await client.send(Charge(amount: 1))
        #expect(amount == (example.succeeds ? 1 : nil))
        #expect(carrier.attempts.map(\.attempt) == example.attempts)
    }

    @Test("whoever has no budget left asks its own callers not to try again")
    func emptyBudget() async throws {
        let failures = [any Error](repeating: RPCError(.unavailable, "busy"), count: 100)
        let carrier = FailingCarrier(failures, then: [0x01])
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: RPCClientOptions(
                timeout: .seconds(600), retry: RetryPolicy(firstWaitMilliseconds: 1)))
        var last: RPCError?
        for _ in 0..<5 {
            last = await #expect(throws: RPCError.self) { try await client.send(Greet(name: "")) }
        }
        #expect(last == RPCError(.unavailable, "busy", retryPushbackMilliseconds: -1))
        #expect(carrier.attempts.count < 20)
    }

    @Test("an unsafe call that may have been carried out fails at once")
    func unsafeFails() async throws {
        let carrier = FailingCarrier([RPCError(.unavailable, "one")], then: [0x01])
        let client = RPCClient(Greeter.self, carry: carrier.carry)
        await #expect(throws: RPCError(.unavailable, "one")) {
            try await client.send(Charge(amount: 1))
        }
        #expect(carrier.attempts.count == 1)
    }

    @Test("an idempotency key travels and makes an unsafe call repeatable")
    func keyed() async throws {
        let carrier = FailingCarrier([RPCError(.unavailable, "one")], then: [0x01])
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: RPCClientOptions(
                timeout: .seconds(600), retry: RetryPolicy(firstWaitMilliseconds: 1)))
        #expect(try await client.send(Charge(amount: 1), idempotencyKey: "k") == 1)
        #expect(carrier.attempts.map(\.idempotencyKey) == ["k", "k"])
    }

    @Test("retries stop while half of the budget is gone, and come back with successes")
    func budget() {
        var budget = RetryBudget(tokensMax: 4, tokensPerSuccess: 0.5)
        budget.attemptFailed()
        #expect(budget.allowsRetry)
        budget.attemptFailed()
        #expect(!budget.allowsRetry)
        budget.attemptSucceeded()
        #expect(budget.allowsRetry)
    }

    @Test("no attempt is made that could only begin after the deadline")
    func deadlineEndsRetries() async throws {
        let carrier = FailingCarrier(
            [RPCError(.unavailable, "busy", retryPushbackMilliseconds: 60_000)], then: [0x01])
        let client = RPCClient(
            Greeter.self, carry: carrier.carry, options: RPCClientOptions(timeout: .seconds(1)))
        await #expect(throws: RPCError.self) { try await client.send(Greet(name: "Ada")) }
        #expect(carrier.attempts.count == 1)
    }
}
