import CBOR
import HTTP2
import NIOCore
import RPC
import Synchronization

/// Answers the calls of one connection from a router.
final class RPCServerHandler: HTTP2RequestHandler {
    private let router: RPCRouter
    private let limits: RPCCarrierLimits
    private let tokens: PeerTokens
    /// The caller that the connection itself has proven, by a certificate.
    private let certified: PeerName?
    /// The authorization that this connection proved last, so that it is digested once.
    private let proven = Mutex<Proven?>(nil)

    private struct Proven {
        let authorization: [UInt8]
        let peer: PeerName
    }

    init(router: RPCRouter, limits: RPCCarrierLimits, tokens: PeerTokens, peer: HTTP2Peer) {
        self.router = router
        self.limits = limits
        self.tokens = tokens
        self.certified = peer.certificateNames.first.map { PeerName($0) }
    }

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        guard request.method == .post,
            let route = request.withUnsafePath({ self.router.route(ofPath: $0) })
        else { return try await self.respondUnusual(to: request, with: responder) }
        var fields = RPCRequestFields()
        request.withUnsafeFields { fields.take($0, $1) }
        let isUnary = self.router.declaration(ofRoute: route).kind == .unary
        guard fields.contentType == (isUnary ? .message : .sequence) else {
            return RPCAnswers.wrongContentType(isUnary: isUnary, responder)
        }
        var body = request.takeBody()
        if !isUnary {
            do {
                body = try RPCSequence.onlyMessage(of: body)
            } catch {
                return RPCAnswers.send(RPCError(crossing: error), responder)
            }
        }
        try await self.answer(route, body, fields, isUnary: isUnary, responder)
    }

    /// Everything but a POST to a known path.
    private func respondUnusual(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        let path = request.path
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let route = Array(parts[0].utf8).withUnsafeBufferPointer {
            self.router.route(ofPath: $0)
        }
        guard let route, request.method != .post else {
            return RPCAnswers.send(RPCError(.unimplemented, "no method \(path)"), responder)
        }
        let declaration = self.router.declaration(ofRoute: route)
        let allowsGet = declaration.kind == .unary && declaration.repetition == .safe
        guard request.method == .get, allowsGet else {
            return RPCAnswers.wrongMethod(allow: allowsGet ? "GET, POST" : "POST", responder)
        }
        guard parts.count == 2, parts[1].hasPrefix("m="),
            parts[1].utf8.count <= self.limits.getMessageBytesMax,
            let body = Base64URL.decode(parts[1].dropFirst(2))
        else {
            return RPCAnswers.send(
                RPCError(.invalidArgument, "a GET carries its message as ?m=<base64url>"), responder
            )
        }
        var fields = RPCRequestFields()
        request.withUnsafeFields { fields.take($0, $1) }
        try await self.answer(route, body, fields, isUnary: true, responder)
    }

    private func answer(
        _ route: Int, _ body: [UInt8], _ fields: RPCRequestFields, isUnary: Bool,
        _ responder: borrowing HTTP2Responder
    ) async throws {
        guard fields.isVersionKnown else { return RPCAnswers.unknownVersion(responder) }
        if let fault = fields.fault {
            return RPCAnswers.send(RPCError(.invalidArgument, "\(fault)"), responder)
        }
        var context = CallContext(
            trace: fields.trace, attempt: fields.attempt, criticality: fields.criticality,
            idempotencyKey: fields.idempotencyKey)
        do {
            context.caller = try self.caller(fields.authorization)
            let now = ContinuousClock.now
            try self.setDeadline(route, fields.timeoutMilliseconds, now, &context, responder)
            if context.idempotencyKey != nil, isUnary {
                return await self.answerKeyed(route, body, context, now, responder)
            }
            switch try await self.router.answer(
                route: route, body: body, context: context, now: now)
            {
            case .message(let message, _): responder.send(RPCAnswers.message, body: message)
            case .messages(let messages):
                try await self.stream(messages, context, responder)
            }
        } catch {
            if responder.hasExpired {
                RPCAnswers.send(RPCError(.deadlineExceeded, "the deadline has passed"), responder)
            } else {
                RPCAnswers.send(error, responder)
            }
        }
    }

    private func answerKeyed(
        _ route: Int, _ body: [UInt8], _ context: CallContext, _ now: ContinuousClock.Instant,
        _ responder: borrowing HTTP2Responder
    ) async {
        let answer = await self.router.keyedAnswer(
            route: route, body: body, context: context, now: now)
        switch answer.result {
        case .success(.message(let message, _)):
            responder.send(answer.isReplay ? RPCAnswers.replay : RPCAnswers.message, body: message)
        case .failure where responder.hasExpired:
            RPCAnswers.send(RPCError(.deadlineExceeded, "the deadline has passed"), responder)
        case .failure(let error):
            RPCAnswers.send(error, isReplay: answer.isReplay, responder)
        case .success(.messages):
            RPCAnswers.send(RPCError(.internal, "internal error"), responder)
        }
    }

    // MARK: Who calls, and until when

    /// Who calls; `nil` when nobody said so.
    ///
    /// - Throws: `unauthenticated` for a proof that proves nothing.
    private func caller(_ authorization: [UInt8]?) throws -> PeerName? {
        guard let authorization else { return self.certified }
        return try self.proven.withLock { proven in
            if let proven, proven.authorization == authorization { return proven.peer }
            guard let peer = self.tokens.peer(proving: authorization) else {
                throw RPCError(.unauthenticated, "the peer token is not the one configured")
            }
            proven = Proven(authorization: authorization, peer: peer)
            return peer
        }
    }

    private func setDeadline(
        _ route: Int, _ asked: Int?, _ now: ContinuousClock.Instant, _ context: inout CallContext,
        _ responder: borrowing HTTP2Responder
    ) throws {
        guard let milliseconds = try self.router.timeoutMilliseconds(ofRoute: route, asked: asked)
        else { return }
        context.deadline = now + .milliseconds(milliseconds)
        responder.expire(after: .milliseconds(Int64(milliseconds)))
    }

    // MARK: Streams

    private func stream(
        _ messages: RPCMessages, _ context: CallContext, _ responder: borrowing HTTP2Responder
    ) async throws {
        try responder.start(
            RPCAnswers.sequence,
            heartbeat: HTTP2Heartbeat(
                seconds: self.limits.heartbeatSeconds, bytes: RPCSequence.heartbeat))
        var failure: RPCError?
        do {
            var iterator = messages.makeAsyncIterator()
            while let message = try await CallContext.$current.withValue(
                context, operation: { try await iterator.next() })
            {
                try await responder.write(RPCSequence.item(message))
            }
        } catch {
            if responder.isAbandoned { return }
            failure =
                responder.hasExpired
                ? RPCError(.deadlineExceeded, "the deadline has passed")
                : RPCError(crossing: error)
        }
        try await responder.write(try CBOREncoder().encode(RPCEndMap(failure)))
    }

    // MARK: Refusals

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response {
        let error: RPCError
        switch reason {
        case .overloaded:
            error = RPCError(
                .unavailable, "as many calls are running as may",
                retryPushbackMilliseconds: self.limits.overloadPushbackMilliseconds)
        case .bodyTooLarge: error = RPCError(.resourceExhausted, "the message is too large")
        case .headersTooLarge: error = RPCError(.resourceExhausted, "the header is too large")
        case .authorityMismatch: error = RPCError(.invalidArgument, ":authority is not host")
        case .unknownScheme: error = RPCError(.invalidArgument, "the scheme is not HTTP's")
        case .methodNotAllowed: error = RPCError(.unimplemented, "no such method")
        case .bodyTooSlow: error = RPCError(.deadlineExceeded, "the message came too slowly")
        case .handlerFailed: error = RPCError(.internal, "internal error")
        }
        return RPCAnswers.response(error, status: reason.status)
    }
}
