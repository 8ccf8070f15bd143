import CBOR
import HTTP2
import RPC

/// Calls with a stream on either side.
extension RPCServerHandler {
    /// Only a method that takes a stream is called before its request is complete.
    func streamsBody(of request: borrowing HTTP2Request) -> Bool {
        guard request.method == .post,
            let route = request.withUnsafePath({ self.router.route(ofPath: $0) })
        else { return false }
        return self.router.kind(ofRoute: route).streamsRequest
    }

    /// Answers a call whose request is a sequence.
    func respond(
        toStream request: borrowing HTTP2Request, _ route: Int, _ fields: RPCRequestFields,
        _ kind: RPCMethodDeclaration.Kind, with responder: borrowing HTTP2Responder
    ) async throws {
        if kind.streamsRequest {
            let reader = RequestReader(
                request.takeBodyPieces(), messageBytesMax: self.limits.streamMessageBytesMax)
            return try await self.answer(route, [], fields, kind, reader: reader, responder)
        }
        let body: [UInt8]
        do {
            body = try RPCSequence.onlyMessage(of: request.takeBody())
        } catch {
            return RPCAnswers.send(RPCError(crossing: error), responder)
        }
        try await self.answer(route, body, fields, kind, responder)
    }

    /// Sends a streamed answer: its messages, heartbeats while there are none, and the end map.
    func stream(
        _ messages: RPCMessages, _ context: CallContext, _ responder: borrowing HTTP2Responder
    ) async throws {
        if messages.leading.problem != nil { throw RPCError.unsendableMetadata }
        var fields = HTTP2Fields()
        messages.leading.append(to: &fields)
        try responder.start(
            RPCAnswers.sequence, fields: fields,
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
            if messages.trailing.problem != nil { failure = .unsendableMetadata }
        } catch {
            if responder.isAbandoned { return }
            failure =
                responder.hasExpired
                ? RPCError(.deadlineExceeded, "the deadline has passed")
                : RPCError(sending: error)
        }
        let end = RPCEndMap(failure, trailing: messages.trailing)
        try await responder.write(try CBOREncoder().encode(end))
    }
}
