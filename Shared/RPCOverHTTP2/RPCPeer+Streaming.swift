import HTTP2
import RPC

extension RPCPeer {
    /// Carries a call with a stream on either side.
    func stream(
        _ call: RPCCall, _ request: HTTP2ClientRequest, on connection: HTTP2ClientConnection
    ) async throws -> RPCAnswer {
        var request = request
        request.body = RPCSequence.item(call.body)
        let upload = call.elements.map { _ in HTTP2Upload(request.body) }
        let pump = upload.flatMap { upload in
            call.elements.map { RequestPump($0.messages, into: upload) }
        }
        defer { withExtendedLifetime(pump) {} }
        let stream = try await connection.open(request, upload: upload)
        let messages = try await RPCResponses.messages(
            of: stream, messageBytesMax: self.limits.streamMessageBytesMax,
            until: request.deadline, pump: pump)
        guard call.path.declaration.kind == .clientStreaming else { return .messages(messages) }
        return try await Self.reply(in: messages)
    }

    /// The one message of an answer that is a sequence, as that to a stream is.
    private static func reply(in messages: RPCMessages) async throws -> RPCAnswer {
        var iterator = messages.makeAsyncIterator()
        guard let reply = try await iterator.next(), try await iterator.next() == nil else {
            throw RPCError(.internal, "the peer did not reply with exactly one message")
        }
        var metadata = messages.leading
        metadata.append(contentsOf: messages.trailing)
        return .message(reply, metadata)
    }
}
