public import HTTP2
public import NIOCore
public import NIOSSL
public import RPC

/// A service that calls are carried to: its endpoints, and the connections to them.
///
/// One connection an endpoint, made when it is first needed and again after it was lost, with a
/// growing wait between failures. A call takes the less busy of two endpoints drawn at random, and
/// passes over those that cannot be reached, those that fail more than others, and those that its
/// earlier attempts went to. A connection that announces its end takes no more calls and closes when
/// those under way have ended.
public final class RPCPeer: Sendable {
    private let pool: PeerPool
    private let heads: RequestHeads
    let limits: RPCCarrierLimits

    /// Makes a peer at fixed addresses; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - addresses: where the service listens; at least one.
    ///   - name: what metrics call the peer; the first address by default.
    ///   - credentials: proves the caller's name, on Unix sockets.
    ///   - tls: the context of TLS connections, or `nil` for plain text.
    ///   - serverName: the name the peer's certificate must carry; the host by default.
    public convenience init(
        _ addresses: [HTTP2Address], name: String? = nil, credentials: PeerCredentials? = nil,
        tls: NIOSSLContext? = nil, serverName: String? = nil,
        limits: RPCCarrierLimits = RPCCarrierLimits(),
        poolLimits: RPCPoolLimits = RPCPoolLimits(),
        connectionLimits: HTTP2ClientLimits = HTTP2ClientLimits(), group: any EventLoopGroup
    ) {
        precondition(!addresses.isEmpty, "a peer has an address")
        self.init(
            .addresses(addresses), name: name ?? addresses[0].description,
            credentials: credentials, tls: tls, serverName: serverName, limits: limits,
            poolLimits: poolLimits, connectionLimits: connectionLimits, group: group,
            clock: ContinuousClock())
    }

    /// Makes a peer whose endpoints are looked up, at once and from time to time.
    ///
    /// - Parameters:
    ///   - resolver: says where the service listens now.
    ///   - name: what metrics call the peer, and the name its certificate must carry when
    ///     `serverName` is not given.
    public convenience init(
        resolver: any EndpointResolver, name: String, credentials: PeerCredentials? = nil,
        tls: NIOSSLContext? = nil, serverName: String? = nil,
        limits: RPCCarrierLimits = RPCCarrierLimits(),
        poolLimits: RPCPoolLimits = RPCPoolLimits(),
        connectionLimits: HTTP2ClientLimits = HTTP2ClientLimits(), group: any EventLoopGroup
    ) {
        self.init(
            .resolver(resolver), name: name, credentials: credentials, tls: tls,
            serverName: serverName ?? name, limits: limits, poolLimits: poolLimits,
            connectionLimits: connectionLimits, group: group, clock: ContinuousClock())
    }

    init<Source: Clock>(
        _ source: PeerPool.Source, name: String, credentials: PeerCredentials? = nil,
        tls: NIOSSLContext? = nil, serverName: String? = nil,
        limits: RPCCarrierLimits = RPCCarrierLimits(),
        poolLimits: RPCPoolLimits = RPCPoolLimits(),
        connectionLimits: HTTP2ClientLimits = HTTP2ClientLimits(), group: any EventLoopGroup,
        clock: Source
    ) where Source.Duration == Duration {
        self.pool = PeerPool(
            source,
            settings: RPCEndpoint.Settings(
                tls: tls, serverName: serverName, connectionLimits: connectionLimits,
                reconnectMillisecondsMax: poolLimits.reconnectMillisecondsMax, group: group,
                metrics: PeerMetrics(peer: name)),
            limits: poolLimits, clock: ElapsedClock(clock))
        self.heads = RequestHeads(credentials, isEncrypted: tls != nil, limits)
        self.limits = limits
    }

    /// The carrier to make clients on.
    public var carry: Carry { { call in try await self.perform(call) } }

    /// Closes the connections once the calls under way have ended; further calls fail.
    public func shutDown() async { await self.pool.shutDown() }

    @inline(__always)
    private func perform(_ call: RPCCall) async throws -> RPCAnswer {
        var deadline: NIODeadline?
        var fields = HTTP2Fields()
        if let end = call.context.deadline {
            let now = call.begun ?? .now
            guard end > now else {
                throw RPCError(.deadlineExceeded, "the deadline has passed")
            }
            deadline = NIODeadline(end)
            let (nanoseconds, isBeyond) =
                end.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
            let milliseconds = isBeyond ? .max : (nanoseconds - 1) / 1_000_000 + 1
            fields.append(
                "rpc-timeout-ms",
                number: UInt64(min(milliseconds, CarrierBounds.timeoutMillisecondsMax)))
        }
        try self.describe(call.context, in: &fields)
        let head = try self.heads.head(of: call.path)
        var request = HTTP2ClientRequest(
            head: head, fields: fields, body: call.body, deadline: deadline)
        if call.prefersGET, call.path.declaration.kind == .unary,
            let get = try self.heads.get(call)
        {
            request.head = get
            request.body = []
        }
        let target: RPCEndpoint.Connected
        if let ready = self.pool.ready {
            target = ready
        } else {
            target = try await self.target(after: call.trail, until: deadline)
        }
        do {
            let answer: RPCAnswer
            if call.path.declaration.kind == .unary {
                answer = try RPCResponses.message(of: await target.connection.call(request))
            } else {
                answer = try await self.stream(call, request, on: target.connection)
            }
            self.pool.succeeded(target.endpoint)
            return answer
        } catch {
            throw self.failure(error, from: target.endpoint, until: deadline)
        }
    }

    private func target(
        after trail: EndpointTrail?, until deadline: NIODeadline?
    ) async throws -> RPCEndpoint.Connected {
        do {
            return try await self.pool.connection(after: trail, until: deadline)
        } catch let error as HTTP2ClientError {
            throw RPCResponses.failure(error, until: deadline)
        }
    }

    /// What a failed attempt is to the caller; the endpoint hears of it too.
    private func failure(
        _ error: any Error, from endpoint: RPCEndpoint, until deadline: NIODeadline?
    ) -> any Error {
        self.pool.failed(endpoint, error)
        let failure: any Error
        switch error {
        case let error as HTTP2ClientError: failure = RPCResponses.failure(error, until: deadline)
        case let error as HTTP2ResponseError:
            failure = RPCError(.invalidArgument, "the call's header cannot be sent: \(error)")
        default: failure = error
        }
        guard self.pool.hasChoice else { return failure }
        switch failure {
        case var known as CarryFailure:
            known.endpoint = endpoint.id
            return known
        case let error as RPCError:
            return CarryFailure(error, wasNotProcessed: false, endpoint: endpoint.id)
        default: return failure
        }
    }

    private func describe(_ context: CallContext, in fields: inout HTTP2Fields) throws {
        if !context.metadata.isEmpty {
            if let problem = context.metadata.problem { throw problem.error }
            context.metadata.append(to: &fields)
        }
        if context.attempt > 1 {
            fields.append("rpc-attempt", number: UInt64(context.attempt))
        }
        if context.criticality != .default {
            fields.append("rpc-criticality", context.criticality.rawValue)
        }
        if let key = context.idempotencyKey {
            guard let value = IdempotencyKey.write(key) else {
                throw RPCError(
                    .invalidArgument, "an idempotency key is 1 to 255 printable ASCII characters")
            }
            fields.append("idempotency-key", value)
        }
        if let trace = context.trace {
            fields.append("traceparent", bytes: TraceContext.traceparentBytes) {
                trace.writeTraceparent(to: $0)
            }
            if let state = trace.state { fields.append("tracestate", state) }
        }
    }
}
