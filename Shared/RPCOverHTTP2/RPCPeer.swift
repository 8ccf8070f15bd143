public import HTTP2
public import NIOCore
public import NIOSSL
public import RPC

/// A service that calls are carried to: its endpoints, and the connections to them.
///
/// One connection an endpoint, made when it is first needed and again after it was lost, with a
/// growing wait between failures. A call takes the less busy of two endpoints drawn at random, and
/// passes over those that cannot be reached. A connection that announces its end takes no more calls
/// and closes when those under way have ended.
public final class RPCPeer: Sendable {
    private let endpoints: [RPCEndpoint]
    private let heads: RequestHeads
    let limits: RPCCarrierLimits

    /// Makes a peer; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - addresses: where the service listens; at least one.
    ///   - credentials: proves the caller's name, on Unix sockets.
    ///   - tls: the context of TLS connections, or `nil` for plain text.
    ///   - serverName: the name the peer's certificate must carry; the host by default.
    public init(
        _ addresses: [HTTP2Address], credentials: PeerCredentials? = nil,
        tls: NIOSSLContext? = nil, serverName: String? = nil,
        limits: RPCCarrierLimits = RPCCarrierLimits(),
        connectionLimits: HTTP2ClientLimits = HTTP2ClientLimits(), group: any EventLoopGroup
    ) {
        precondition(!addresses.isEmpty, "a peer has an address")
        self.endpoints = addresses.map {
            RPCEndpoint(
                $0, tls: tls, serverName: serverName, limits: connectionLimits, group: group)
        }
        self.heads = RequestHeads(credentials, isEncrypted: tls != nil, limits)
        self.limits = limits
    }

    /// The carrier to make clients on.
    public var carry: Carry { { call in try await self.perform(call) } }

    /// Closes the connections once the calls under way have ended; further calls fail.
    public func shutDown() async {
        for endpoint in self.endpoints { await endpoint.shutDown() }
    }

    private func perform(_ call: RPCCall) async throws -> RPCAnswer {
        var deadline: NIODeadline?
        var fields = HTTP2Fields()
        if let end = call.context.deadline {
            let remaining = ContinuousClock.now.duration(to: end).components
            let nanoseconds =
                remaining.seconds * 1_000_000_000 + remaining.attoseconds / 1_000_000_000
            let milliseconds = (nanoseconds + 999_999) / 1_000_000
            guard milliseconds > 0 else {
                throw RPCError(.deadlineExceeded, "the deadline has passed")
            }
            deadline = .now() + .nanoseconds(nanoseconds)
            fields.append("rpc-timeout-ms", String(min(milliseconds, 9_999_999_999)))
        }
        try self.describe(call.context, in: &fields)
        let head = try self.heads.head(of: call.path)
        do {
            let connection = try await self.connection(until: deadline)
            var request = HTTP2ClientRequest(
                head: head, fields: fields, body: call.body, deadline: deadline)
            if call.path.declaration.kind == .unary {
                if call.prefersGET, let get = try self.heads.get(call) {
                    request.head = get
                    request.body = []
                }
                return try RPCResponses.message(of: await connection.call(request))
            }
            return try await self.stream(call, request, on: connection)
        } catch let error as HTTP2ClientError {
            throw RPCResponses.failure(error, until: deadline)
        } catch let error as HTTP2ResponseError {
            throw RPCError(.invalidArgument, "the call's header cannot be sent: \(error)")
        }
    }

    private func describe(_ context: CallContext, in fields: inout HTTP2Fields) throws {
        if !context.metadata.isEmpty {
            if let problem = context.metadata.problem { throw problem.error }
            context.metadata.append(to: &fields)
        }
        if context.attempt > 1 { fields.append("rpc-attempt", String(context.attempt)) }
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
            fields.append("traceparent", trace.traceparent)
            if let state = trace.state { fields.append("tracestate", state) }
        }
    }

    /// A connection to the less busy of two endpoints; one that is not connected counts as busiest.
    private func connection(until deadline: NIODeadline?) async throws -> HTTP2ClientConnection {
        guard self.endpoints.count > 1 else {
            return try await self.endpoints[0].connection(until: deadline)
        }
        let first = Int.random(in: 0..<self.endpoints.count)
        let second = (first + Int.random(in: 1..<self.endpoints.count)) % self.endpoints.count
        let chosen = [self.endpoints[first], self.endpoints[second]].min { $0.load < $1.load }
        if let chosen, chosen.load < .max { return try await chosen.connection(until: deadline) }
        // Neither is connected: any that is goes first, then the ones drawn.
        let connected = self.endpoints.filter { $0.load < .max }
        let best = connected.min { $0.load < $1.load } ?? self.endpoints[first]
        do {
            return try await best.connection(until: deadline)
        } catch HTTP2ClientError.notProcessed {
            return try await self.endpoints[second].connection(until: deadline)
        }
    }
}
