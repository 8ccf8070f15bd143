import CBOR

/// What a client does beyond carrying calls.
public struct RPCClientOptions: Sendable {
    /// How long a call may take when its context sets no earlier end.
    public var timeout: Duration
    /// When and how often calls are made again.
    public var retry: RetryPolicy
    /// What is kept back of an inherited deadline, at most: the time an answer needs to travel.
    public var slackMax: Duration
    /// Whether unary calls of `.safe` methods go as GETs, which caches on the way can answer.
    public var sendsSafeAsGET = false
    /// When a safe unary call is made a second time beside the first; `nil` for never.
    public var hedging: HedgePolicy?
    /// What is wrapped around each call, all its attempts included; the first outermost.
    public var interceptors: [RPCClientInterceptor] = []
    /// What is wrapped around each attempt at a call; the first outermost.
    public var attemptInterceptors: [RPCClientInterceptor] = []

    /// Makes options.
    public init(
        timeout: Duration = .seconds(10), retry: RetryPolicy = RetryPolicy(),
        slackMax: Duration = .milliseconds(5), hedging: HedgePolicy? = nil
    ) {
        self.timeout = timeout
        self.retry = retry
        self.slackMax = slackMax
        self.hedging = hedging
    }
}

/// Asks a service.
///
/// The reply type is inferred from the request, and sending a request to the wrong service does not
/// compile. Deadline, trace and criticality are taken from the running call's context. Copies share
/// their retry budget.
public struct RPCClient<Service: RPCService>: Sendable {
    private let options: RPCClientOptions
    private let timeoutNanoseconds: Int64
    private let slackNanosecondsMax: Int64
    private let chain: CallChain

    /// Makes a client on a carrier.
    public init(
        _: Service.Type = Service.self, carry: @escaping Carry,
        options: RPCClientOptions = RPCClientOptions()
    ) {
        self.options = options
        self.timeoutNanoseconds = options.timeout.inNanoseconds
        self.slackNanosecondsMax = options.slackMax.inNanoseconds
        self.chain = CallChain(Service.methods, carry: carry, options: options)
    }

    /// Sends a request and returns its reply.
    ///
    /// - Parameters:
    ///   - idempotencyKey: makes an `.unsafe` call repeatable: the peer answers the same key with the
    ///     same answer.
    ///   - metadata: what is said beside the request.
    /// - Throws: `RPCError`.
    public func send<Method: RPCMethod>(
        _ request: Method, idempotencyKey: String? = nil, metadata: RPCMetadata = RPCMetadata()
    ) async throws -> Method.Reply where Method.Service == Service {
        let answer = try await self.perform(
            MethodPath.of(Method.self), try CBOREncoder().encode(request),
            idempotencyKey: idempotencyKey, metadata: metadata)
        return try answer.message(Method.Reply.self, of: Method.name)
    }

    /// Sends a request and returns the stream it is answered with.
    ///
    /// Only opening the stream is repeated; a stream that breaks throws from the sequence.
    ///
    /// - Throws: `RPCError`.
    public func stream<Method: RPCStreamMethod>(
        _ request: Method, metadata: RPCMetadata = RPCMetadata()
    ) async throws -> RPCElements<Method.Element> where Method.Service == Service {
        let answer = try await self.perform(
            MethodPath.of(Method.self), try CBOREncoder().encode(request), metadata: metadata)
        guard case .messages(let messages) = answer else {
            throw RPCError(.internal, "\(Method.name) answered with one message")
        }
        return messages.decoded(as: Method.Element.self)
    }

    func perform(
        _ path: MethodPath, _ body: [UInt8], idempotencyKey: String? = nil, metadata: RPCMetadata,
        elements: RPCRequestElements? = nil
    ) async throws -> RPCAnswer {
        let now = MonotonicInstant.now
        var context = CallContext.current.forCall(
            idempotencyKey: idempotencyKey, metadata: metadata)
        context.deadline = self.deadline(
            within: context.deadline, isStream: path.declaration.kind != .unary, at: now)
        var call = RPCCall(path: path, body: body, context: context, elements: elements)
        call.prefersGET = self.options.sendsSafeAsGET
        call.begun = now
        return try await self.chain.perform(call)
    }

    @inline(__always)
    private func deadline(
        within inherited: MonotonicInstant?, isStream: Bool, at now: MonotonicInstant
    ) -> MonotonicInstant? {
        let own = isStream ? nil : now.advanced(byNanoseconds: self.timeoutNanoseconds)
        guard let inherited else { return own }
        let remaining = inherited.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        let slack = min(self.slackNanosecondsMax, remaining.partialValue / 20)
        let kept = inherited.advanced(byNanoseconds: -slack)
        guard let own else { return kept }
        return min(own, kept)
    }
}
