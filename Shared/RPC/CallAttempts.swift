import Synchronization

/// Makes the attempts at calls: how often and when is the policy's to say.
struct CallAttempts: Sendable {
    private let policy: RetryPolicy
    private let budget = SharedBudget()

    init(policy: RetryPolicy) {
        self.policy = policy
    }

    /// Makes attempts until one succeeds or there is to be no further one.
    ///
    /// The first failure that leaves nothing carried out is made good at once and is not counted.
    /// A call whose elements have begun to flow is not repeated.
    ///
    /// - Throws: `RPCError`, that of the last attempt.
    func make(_ call: RPCCall, on carry: Carry) async throws -> RPCAnswer {
        var call = call
        let trace = call.context.trace
        var mayRepeatUncounted = true
        while true {
            call.context.trace = trace?.child()
            let failure: CarryFailure
            do {
                let answer = try await carry(call)
                self.budget.succeeded()
                return answer
            } catch let known as CarryFailure {
                failure = known
            } catch {
                failure = CarryFailure(RPCError(crossing: error), wasNotProcessed: false)
            }
            if call.elements?.haveBegun ?? false { throw failure.error }
            self.leave(failure.endpoint, in: &call)
            if mayRepeatUncounted, failure.wasNotProcessed,
                failure.error.retryPushbackMilliseconds == nil
            {
                mayRepeatUncounted = false
                continue
            }
            let decision = self.policy.decide(
                after: failure.error, attempt: call.context.attempt,
                repetition: call.path.declaration.repetition,
                isKeyed: call.context.idempotencyKey != nil,
                wasNotProcessed: failure.wasNotProcessed)
            try await self.wait(decision, after: failure.error, deadline: call.context.deadline)
            call.context.attempt += 1
        }
    }

    /// Lets the next attempt go elsewhere, where there is a choice.
    private func leave(_ endpoint: EndpointID?, in call: inout RPCCall) {
        guard let endpoint else { return }
        let trail = call.trail ?? EndpointTrail()
        trail.note(endpoint)
        call.trail = trail
    }

    /// Waits as decided, or throws `error` when there is to be no further attempt.
    ///
    /// When it is the budget that forbids one, whoever called this process is told not to try
    /// again either: retries of retries would multiply an overload.
    private func wait(
        _ decision: RetryPolicy.Decision, after error: RPCError,
        deadline: ContinuousClock.Instant?
    ) async throws {
        let wait: Duration
        switch decision {
        case .fail: throw error
        case .retry(let ceiling): wait = .milliseconds(Int.random(in: 0...max(ceiling, 1)))
        case .obeyPushback(let milliseconds): wait = .milliseconds(milliseconds)
        }
        guard self.budget.takeForRetry() else {
            var last = error
            last.retryPushbackMilliseconds = -1
            throw last
        }
        if let deadline, ContinuousClock.now + wait >= deadline { throw error }
        do {
            try await Task.sleep(for: wait)
        } catch {
            throw RPCError(.canceled, "the call was cancelled")
        }
    }
}

/// One retry budget for all copies of a client.
private final class SharedBudget: Sendable {
    private let budget = Mutex(RetryBudget())

    func succeeded() { self.budget.withLock { $0.attemptSucceeded() } }

    /// Takes a token for a failed attempt; whether another may be made.
    func takeForRetry() -> Bool {
        self.budget.withLock { budget in
            budget.attemptFailed()
            return budget.allowsRetry
        }
    }
}
