import CBOR
import HTTP2
import NIOCore
import RPC
import Synchronization

/// Answers the calls of one connection from a router.
final class RPCServerHandler: HTTP2RequestHandler {
    let router: RPCRouter
    let limits: RPCCarrierLimits
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
        guard fields.isVersionKnown else { return RPCAnswers.unknownVersion(responder) }
        let kind = self.router.kind(ofRoute: route)
        guard fields.contentType == (kind == .unary ? .message : .sequence) else {
            return RPCAnswers.wrongContentType(isUnary: kind == .unary, responder)
        }
        if kind == .unary {
            try await self.answer(route, request.takeBody(), fields, kind, responder)
        } else {
            try await self.respond(toStream: request, route, fields, kind, with: responder)
        }
    }

    /// Answers a call whose message has been taken out of its request.
    ///
    /// - Parameter reader: the request itself and what follows it, where the method takes a stream.
    // Inlined: every asynchronous layer looks the task's executor up once more, under a lock.
    @inline(__always)
    func answer(
        _ route: Int, _ body: [UInt8], _ fields: RPCRequestFields,
        _ kind: RPCMethodDeclaration.Kind, reader: RequestReader? = nil,
        _ responder: borrowing HTTP2Responder
    ) async throws {
        do {
            let now = MonotonicInstant(responder.arrival)
            let context = try self.context(of: fields, route, now, responder)
            if context.idempotencyKey != nil, kind == .unary {
                return await self.answerKeyed(route, body, context, now, responder)
            }
            let answer =
                if let reader {
                    try await self.router.answer(
                        route: route, body: reader.request(), elements: reader.elements,
                        context: context)
                } else {
                    try await self.router.answer(
                        route: route, body: body, context: context, now: now)
                }
            switch answer {
            case .message(let message, let metadata):
                if kind == .unary {
                    RPCAnswers.send(message, metadata, under: RPCAnswers.message, responder)
                } else {
                    RPCAnswers.send(
                        RPCSequence.whole(message), metadata, under: RPCAnswers.sequence,
                        responder)
                }
            case .messages(let messages):
                try await self.stream(messages, context, responder)
            }
        } catch {
            self.fail(error, responder)
        }
    }

    /// Answers with what a call failed with.
    func fail(_ error: any Error, _ responder: borrowing HTTP2Responder) {
        if responder.hasExpired {
            RPCAnswers.send(RPCError(.deadlineExceeded, "the deadline has passed"), responder)
        } else {
            RPCAnswers.send(error, responder)
        }
    }

    private func answerKeyed(
        _ route: Int, _ body: [UInt8], _ context: CallContext, _ now: MonotonicInstant,
        _ responder: borrowing HTTP2Responder
    ) async {
        let answer = await self.router.keyedAnswer(
            route: route, body: body, context: context, now: now)
        switch answer.result {
        case .success(.message(let message, let metadata)):
            let head = answer.isReplay ? RPCAnswers.replay : RPCAnswers.message
            RPCAnswers.send(message, metadata, under: head, responder)
        case .failure where responder.hasExpired:
            RPCAnswers.send(RPCError(.deadlineExceeded, "the deadline has passed"), responder)
        case .failure(let error):
            RPCAnswers.send(error, isReplay: answer.isReplay, responder)
        case .success(.messages):
            RPCAnswers.send(RPCError(.internal, "internal error"), responder)
        }
    }

    // MARK: Who calls, and until when

    /// The context that a call's fields describe; from here on its deadline is kept.
    ///
    /// - Throws: `RPCError` for fields that describe none.
    @inline(__always)
    func context(
        of fields: RPCRequestFields, _ route: Int, _ now: MonotonicInstant,
        _ responder: borrowing HTTP2Responder
    ) throws -> CallContext {
        if let fault = fields.fault { throw RPCError(.invalidArgument, "\(fault)") }
        var context = CallContext(
            trace: fields.trace, attempt: fields.attempt, criticality: fields.criticality,
            idempotencyKey: fields.idempotencyKey, metadata: fields.metadata)
        try fields.checkMetadata()
        context.caller = try self.caller(fields.authorization)
        try self.setDeadline(route, fields.timeoutMilliseconds, now, &context, responder)
        return context
    }

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
        _ route: Int, _ asked: Int?, _ now: MonotonicInstant, _ context: inout CallContext,
        _ responder: borrowing HTTP2Responder
    ) throws {
        guard let milliseconds = try self.router.timeoutMilliseconds(ofRoute: route, asked: asked)
        else { return }
        context.deadline = now + .milliseconds(milliseconds)
        responder.expire(after: .milliseconds(Int64(milliseconds)))
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
