import CBOR

/// Calls that send a stream, and calls whose answer's metadata is of interest.
extension RPCClient {
    /// Sends a request and returns its reply with what was said beside it.
    ///
    /// - Throws: `RPCError`.
    public func exchange<Method: RPCMethod>(
        _ request: Method, idempotencyKey: String? = nil, metadata: RPCMetadata = RPCMetadata()
    ) async throws -> RPCReply<Method.Reply> where Method.Service == Service {
        let answer = try await self.perform(
            MethodPath.of(Method.self), try CBOREncoder().encode(request),
            idempotencyKey: idempotencyKey, metadata: metadata)
        return try RPCReply(Method.Reply.self, of: Method.name, in: answer)
    }

    /// Sends a request and the elements after it, and returns the reply.
    ///
    /// Elements are asked for as the peer takes them, and not any more once it has replied. When
    /// they throw, the call is cancelled and fails with that error. A call whose first element has
    /// been asked for is not repeated.
    ///
    /// - Throws: `RPCError`.
    public func send<Method: RPCClientStreamMethod, Elements: AsyncSequence & Sendable>(
        _ request: Method, elements: Elements, metadata: RPCMetadata = RPCMetadata()
    ) async throws -> Method.Reply
    where Method.Service == Service, Elements.Element == Method.RequestElement {
        try await self.exchange(request, elements: elements, metadata: metadata).message
    }

    /// As ``send(_:elements:metadata:)``, and returns what was said beside the reply too.
    ///
    /// - Throws: `RPCError`.
    public func exchange<Method: RPCClientStreamMethod, Elements: AsyncSequence & Sendable>(
        _ request: Method, elements: Elements, metadata: RPCMetadata = RPCMetadata()
    ) async throws -> RPCReply<Method.Reply>
    where Method.Service == Service, Elements.Element == Method.RequestElement {
        let answer = try await self.perform(
            MethodPath.of(Method.self), try CBOREncoder().encode(request), metadata: metadata,
            elements: RPCRequestElements(RPCMessages(encoding: elements)))
        return try RPCReply(Method.Reply.self, of: Method.name, in: answer)
    }

    /// Sends a request and the elements after it, and returns the stream it is answered with.
    ///
    /// Both streams go at the pace of whoever reads them: elements are asked for as the peer takes
    /// them. When they throw, the call is cancelled and the answer fails with that error; when the
    /// answer ends or is let go of, they are asked for no more.
    ///
    /// - Throws: `RPCError`.
    public func stream<Method: RPCBidirectionalMethod, Elements: AsyncSequence & Sendable>(
        _ request: Method, elements: Elements, metadata: RPCMetadata = RPCMetadata()
    ) async throws -> RPCElements<Method.Element>
    where Method.Service == Service, Elements.Element == Method.RequestElement {
        let answer = try await self.perform(
            MethodPath.of(Method.self), try CBOREncoder().encode(request), metadata: metadata,
            elements: RPCRequestElements(RPCMessages(encoding: elements)))
        guard case .messages(let messages) = answer else {
            throw RPCError(.internal, "\(Method.name) answered with one message")
        }
        return messages.decoded(as: Method.Element.self)
    }
}

/// A reply and what was said beside it.
public struct RPCReply<Message: Sendable>: Sendable {
    /// The reply.
    public let message: Message
    /// What the peer said beside it.
    public let metadata: RPCMetadata
}

extension RPCReply where Message: Decodable {
    init(_: Message.Type, of method: String, in answer: RPCAnswer) throws {
        self.message = try answer.message(Message.self, of: method)
        self.metadata = answer.metadata
    }
}

extension RPCAnswer {
    /// The reply that this is.
    ///
    /// - Throws: `internal` when it cannot be read, or is a stream.
    func message<Message: Decodable>(
        _: Message.Type, of method: @autoclosure () -> String
    ) throws -> Message {
        guard case .message(let bytes, _) = self else {
            throw RPCError(.internal, "\(method()) answered with a stream")
        }
        do {
            return try CBORDecoder().decode(Message.self, from: bytes)
        } catch {
            throw RPCError(.internal, "the reply of \(method()) cannot be read: \(error)")
        }
    }

    /// What was said beside it, before its elements if it is a stream.
    fileprivate var metadata: RPCMetadata {
        switch self {
        case .message(_, let metadata): metadata
        case .messages(let messages): messages.leading
        }
    }
}
