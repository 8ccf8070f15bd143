import CBOR
import Synchronization

/// What a client does beyond carrying calls.
public struct RPCClientOptions: Sendable {
    /// How long a call may take when its context sets no earlier end.
    public var timeout: Duration
    /// When and how often calls are made again.
    public var retry: RetryPolicy
    /// What is kept back of an inherited deadline, at most: the time an answer needs to travel.
    public var slackMax: Duration

    /// Makes options.
    public init(
        timeout: Duration = .seconds(10), retry: RetryPolicy = RetryPolicy(),
        slackMax: Duration = .milliseconds(5)
    ) {
        self.timeout = timeout
        self.retry = retry
        self.slackMax = slackMax
    }
}

/// Asks a service.
///
/// The reply type is inferred from the request, and sending a request to the wrong service does not
/// compile. Deadline, trace and criticality are taken from the running call's context. Copies share
/// their retry budget.
public struct RPCClient<Service: RPCService>: Sendable {
    private let carry: Carry
    private let options: RPCClientOptions
    private let budget: SharedBudget

    /// Makes a client on a carrier.
    public init(
        _: Service.Type = Service.self, carry: @escaping Carry,
        options: RPCClientOptions = RPCClientOptions()
    ) {
        self.carry = carry
        self.options = options
        self.budget = SharedBudget()
    }

    /// Sends a request and returns its reply.
    ///
    /// - Parameter idempotencyKey: makes an `.unsafe` call repeatable: the peer answers the same key
    ///   with the same answer.
    /// - Throws: `RPCError`.
    public func send<Method: RPCMethod>(
        _ request: Method, idempotencyKey: String? = nil
    ) async throws -> Method.Reply where Method.Service == Service {
        let answer = try await self.attempts(
            MethodPath.of(Method.self), try CBOREncoder().encode(request), idempotencyKey)
        guard case .message(let bytes) = answer else {
            throw RPCError(.internal, "\(Method.name) answered with a stream")
        }
        do {
            return try CBORDecoder().decode(Method.Reply.self, from: bytes)
        } catch {
            throw RPCError(.internal, "the reply of \(Method.name) cannot be read: \(error)")
        }
    }

    /// Sends a request and returns the stream it is answered with.
    ///
    /// Only opening the stream is repeated; a stream that breaks throws from the sequence.
    ///
    /// - Throws: `RPCError`.
    public func stream<Method: RPCStreamMethod>(
        _ request: Method
    ) async throws -> RPCElements<Method.Element> where Method.Service == Service {
        let answer = try await self.attempts(
            MethodPath.of(Method.self), try CBOREncoder().encode(request), nil)
        guard case .messages(let messages) = answer else {
            throw RPCError(.internal, "\(Method.name) answered with one message")
        }
        return messages.decoded(as: Method.Element.self)
    }

    private func attempts(
        _ path: MethodPath, _ body: [UInt8], _ key: String?
    ) async throws -> RPCAnswer {
        let current = CallContext.current
        let deadline = self.deadline(
            within: current, isStream: path.declaration.kind == .serverStreaming)
        var attempt = 1
        while true {
            let context = CallContext(
                deadline: deadline, trace: current.trace?.child(), caller: nil, attempt: attempt,
                criticality: current.criticality, idempotencyKey: key)
            let error: RPCError
            let wasNotProcessed: Bool
            do {
                let answer = try await self.carry(
                    RPCCall(path: path, body: body, context: context))
                self.budget.succeeded()
                return answer
            } catch let failure as CarryFailure {
                error = failure.error
                wasNotProcessed = true
            } catch let failure {
                error = RPCError(crossing: failure)
                wasNotProcessed = false
            }
            let decision = self.options.retry.decide(
                after: error, attempt: attempt, repetition: path.declaration.repetition,
                isKeyed: key != nil, wasNotProcessed: wasNotProcessed)
            try await self.wait(decision, after: error, deadline: deadline)
            attempt += 1
        }
    }

    /// Waits as decided, or throws `error` when there is to be no further attempt.
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
        guard self.budget.takeForRetry() else { throw error }
        if let deadline, ContinuousClock.now + wait >= deadline { throw error }
        do {
            try await Task.sleep(for: wait)
        } catch {
            throw RPCError(.canceled, "the call was cancelled")
        }
    }

    private func deadline(
        within context: CallContext, isStream: Bool
    ) -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let own = isStream ? nil : now + self.options.timeout
        guard let inherited = context.deadline else { return own }
        let remaining = now.duration(to: inherited)
        let kept = inherited - min(self.options.slackMax, remaining / 20)
        guard let own else { return kept }
        return min(own, kept)
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
