import CBOR

/// Routes of methods that take a stream, and of handlers that answer with metadata.
extension RPCRoutes {
    /// Answers a unary method with metadata beside the reply.
    public mutating func on<Method: RPCMethod>(
        _: Method.Type,
        _ handler: @escaping @Sendable (Method, RPCAnswerMetadata) async throws -> Method.Reply
    ) where Method.Service == Service {
        self.entries.append(
            RPCRoute(.unary(Method.self)) { body in
                let request = try Self.request(Method.self, Method.name, body)
                let metadata = RPCAnswerMetadata()
                return try await Self.reply(metadata) { try await handler(request, metadata) }
            })
    }

    /// Answers a streaming method with metadata beside its elements.
    public mutating func onStream<Method: RPCStreamMethod, Elements: AsyncSequence & Sendable>(
        _: Method.Type,
        _ handler: @escaping @Sendable (Method, RPCAnswerMetadata) async throws -> Elements
    ) where Method.Service == Service, Elements.Element == Method.Element {
        self.entries.append(
            RPCRoute(.stream(Method.self)) { body in
                let request = try Self.request(Method.self, Method.name, body)
                let metadata = RPCAnswerMetadata()
                return try await Self.elements(metadata) { try await handler(request, metadata) }
            })
    }

    /// Answers a method that is sent a stream and replies once.
    ///
    /// Elements are taken from the peer as the handler asks for them. A handler may reply before
    /// their end: the peer is told to stop sending.
    public mutating func onClientStream<Method: RPCClientStreamMethod>(
        _: Method.Type,
        _ handler:
            @escaping @Sendable (
                Method, RPCElements<Method.RequestElement>, RPCAnswerMetadata
            ) async throws -> Method.Reply
    ) where Method.Service == Service {
        self.entries.append(
            RPCRoute(.clientStream(Method.self)) { body in
                let request = try Self.request(Method.self, Method.name, body)
                let elements = Self.incoming(Method.RequestElement.self)
                let metadata = RPCAnswerMetadata()
                return try await Self.reply(metadata) {
                    try await handler(request, elements, metadata)
                }
            })
    }

    /// Answers a method that is sent a stream and replies once.
    ///
    /// Elements are taken from the peer as the handler asks for them. A handler may reply before
    /// their end: the peer is told to stop sending.
    public mutating func onClientStream<Method: RPCClientStreamMethod>(
        _: Method.Type,
        _ handler:
            @escaping @Sendable (
                Method, RPCElements<Method.RequestElement>
            ) async throws -> Method.Reply
    ) where Method.Service == Service {
        self.onClientStream(Method.self) { request, elements, _ in
            try await handler(request, elements)
        }
    }

    /// Answers a method with a stream each way.
    ///
    /// Both streams go at the pace of whoever reads them. When the returned elements end, the call
    /// is over, whether or not the peer has sent everything.
    public mutating func onBidirectional<
        Method: RPCBidirectionalMethod, Elements: AsyncSequence & Sendable
    >(
        _: Method.Type,
        _ handler:
            @escaping @Sendable (
                Method, RPCElements<Method.RequestElement>, RPCAnswerMetadata
            ) async throws -> Elements
    ) where Method.Service == Service, Elements.Element == Method.Element {
        self.entries.append(
            RPCRoute(.bidirectional(Method.self)) { body in
                let request = try Self.request(Method.self, Method.name, body)
                let elements = Self.incoming(Method.RequestElement.self)
                let metadata = RPCAnswerMetadata()
                return try await Self.elements(metadata) {
                    try await handler(request, elements, metadata)
                }
            })
    }

    /// Answers a method with a stream each way.
    ///
    /// Both streams go at the pace of whoever reads them. When the returned elements end, the call
    /// is over, whether or not the peer has sent everything.
    public mutating func onBidirectional<
        Method: RPCBidirectionalMethod, Elements: AsyncSequence & Sendable
    >(
        _: Method.Type,
        _ handler:
            @escaping @Sendable (
                Method, RPCElements<Method.RequestElement>
            ) async throws -> Elements
    ) where Method.Service == Service, Elements.Element == Method.Element {
        self.onBidirectional(Method.self) { request, elements, _ in
            try await handler(request, elements)
        }
    }

    private static func request<Method: Decodable>(
        _: Method.Type, _ name: String, _ body: [UInt8]
    ) throws -> Method {
        do {
            return try CBORDecoder().decode(Method.self, from: body)
        } catch {
            throw RPCError(.invalidArgument, "\(name): \(error)")
        }
    }

    /// The elements that follow the request; none where the caller has none to send.
    private static func incoming<Element: Decodable & Sendable>(
        _: Element.Type
    ) -> RPCElements<Element> {
        let messages = CallContext.current.incoming?.messages ?? RPCMessages { nil }
        return messages.decoded(as: Element.self, orFailWith: .invalidArgument)
    }

    /// The one reply with its metadata; an error takes along what was said before it.
    private static func reply<Reply: Encodable>(
        _ metadata: RPCAnswerMetadata, _ handler: () async throws -> Reply
    ) async throws -> RPCAnswer {
        do {
            return .message(try CBOREncoder().encode(try await handler()), metadata.whole)
        } catch {
            throw metadata.whole.added(to: error)
        }
    }

    /// The elements of an answer, with their metadata.
    private static func elements<Elements: AsyncSequence & Sendable>(
        _ metadata: RPCAnswerMetadata, _ handler: () async throws -> Elements
    ) async throws -> RPCAnswer where Elements.Element: Encodable & Sendable {
        do {
            return .messages(RPCMessages(encoding: try await handler(), answering: metadata))
        } catch {
            throw metadata.whole.added(to: error)
        }
    }
}

extension RPCMetadata {
    /// The error with this said before whatever it says itself.
    func added(to error: any Error) -> any Error {
        guard !self.isEmpty else { return error }
        var told = RPCError(crossing: error)
        var whole = self
        whole.append(contentsOf: told.metadata)
        told.metadata = whole
        return told
    }
}
