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
    /// - Throws: `RPCError`, that of the last attempt.
    @inline(__always)
    func make(_ call: consuming RPCCall, on carry: Carry) async throws -> RPCAnswer {
        let trace = call.context.trace
        call.context.trace = trace?.child()
        do {
            let answer = try await carry(call)
            self.budget.succeeded()
            return answer
        } catch {
            return try await self.again(call, of: trace, after: error, on: carry)
        }
    }

    /// Makes further attempts at a call whose first one failed.
    ///
    /// The first failure that leaves nothing carried out is made good at once and is not counted.
    /// A call whose elements have begun to flow is not repeated.
    @inline(never)
    private func again(
        _ call: RPCCall, of trace: TraceContext?, after error: any Error, on carry: Carry
    ) async throws -> RPCAnswer {
        var call = call
        call.begun = nil
        var failure = CarryFailure(of: error)
        var mayRepeatUncounted = true
        while true {
            if call.elements?.haveBegun ?? false { throw failure.error }
            self.leave(failure.endpoint, in: &call)
            if mayRepeatUncounted, failure.wasNotProcessed,
                failure.error.retryPushbackMilliseconds == nil
            {
                mayRepeatUncounted = false
            } else {
                try await self.waitForNext(call, after: failure)
                call.context.attempt += 1
            }
            call.context.trace = trace?.child()
            do {
                let answer = try await carry(call)
                self.budget.succeeded()
                return answer
            } catch {
                failure = CarryFailure(of: error)
            }
        }
    }

    /// Waits as the policy says, or throws the failure's error when there is to be no further attempt.
    private func waitForNext(_ call: RPCCall, after failure: CarryFailure) async throws {
        let decision = self.policy.decide(
            after: failure.error, attempt: call.context.attempt,
            repetition: call.path.declaration.repetition,
            isKeyed: call.context.idempotencyKey != nil,
            wasNotProcessed: failure.wasNotProcessed)
        try await self.wait(decision, after: failure.error, deadline: call.context.deadline)
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
        deadline: MonotonicInstant?
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
        if let deadline, MonotonicInstant.now + wait >= deadline { throw error }
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
    /// Whether there is nothing to give back: a success takes no lock then.
    private let isFull = Atomic(true)

    @inline(__always)
    func succeeded() {
        if !self.isFull.load(ordering: .relaxed) { self.giveBack() }
    }

    private func giveBack() {
        self.budget.withLock { budget in
            budget.attemptSucceeded()
            self.isFull.store(budget.isFull, ordering: .relaxed)
        }
    }

    /// Takes a token for a failed attempt; whether another may be made.
    func takeForRetry() -> Bool {
        self.budget.withLock { budget in
            budget.attemptFailed()
            self.isFull.store(false, ordering: .relaxed)
            return budget.allowsRetry
        }
    }
}

extension CarryFailure {
    /// The failure of an attempt, whatever form the carrier gave it.
    fileprivate init(of error: any Error) {
        self =
            error as? CarryFailure
            ?? CarryFailure(RPCError(crossing: error), wasNotProcessed: false)
    }
}
