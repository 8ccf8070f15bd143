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
    private let chain: CallChain

    /// Makes a client on a carrier.
    public init(
        _: Service.Type = Service.self, carry: @escaping Carry,
        options: RPCClientOptions = RPCClientOptions()
    ) {
        self.options = options
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
        try await self.exchange(request, idempotencyKey: idempotencyKey, metadata: metadata).message
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
        let current = CallContext.current
        let deadline = self.deadline(
            within: current, isStream: path.declaration.kind != .unary)
        let context = CallContext(
            deadline: deadline, trace: current.trace, caller: nil,
            criticality: current.criticality, idempotencyKey: idempotencyKey, metadata: metadata)
        var call = RPCCall(path: path, body: body, context: context, elements: elements)
        call.prefersGET = self.options.sendsSafeAsGET
        return try await self.chain.perform(call)
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
