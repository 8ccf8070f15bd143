/// What reflection and routers know of a method.
@Message
public struct RPCMethodDeclaration: Codable, Sendable {
    /// How many messages go each way.
    @Message
    public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
        /// One request, one reply.
        case unary
        /// One request, a stream of replies.
        case serverStreaming = "server_streaming"
        /// A request and a stream of elements after it, one reply.
        case clientStreaming = "client_streaming"
        /// A request and a stream of elements after it, a stream of replies meanwhile.
        case bidirectional

        /// Whether the caller sends a stream.
        public var streamsRequest: Bool { self == .clientStreaming || self == .bidirectional }
    }

    /// The service's name.
    public let service: String
    /// The method's name.
    public let name: String
    /// How many messages go each way.
    public let kind: Kind
    /// Whether a call may be made again.
    public let repetition: Repetition
    /// The types of what is sent; `nil` in a declaration that came over the wire.
    public private(set) var messages: RPCMethodMessages?

    enum CodingKeys: CodingKey {
        case service, name, kind, repetition
    }

    /// A method that is known by description only.
    public init(service: String, name: String, kind: Kind, repetition: Repetition) {
        self.service = service
        self.name = name
        self.kind = kind
        self.repetition = repetition
    }

    private init(
        service: String, name: String, kind: Kind, repetition: Repetition,
        messages: RPCMethodMessages
    ) {
        self.init(service: service, name: name, kind: kind, repetition: repetition)
        self.messages = messages
    }

    /// Declares a method with one reply.
    public static func unary<Method: RPCMethod>(_: Method.Type) -> Self {
        Self(
            service: Method.Service.name, name: Method.name, kind: .unary,
            repetition: Method.repetition,
            messages: RPCMethodMessages(request: Method.self, reply: Method.Reply.self))
    }

    /// Declares a method that answers with a stream.
    public static func stream<Method: RPCStreamMethod>(_: Method.Type) -> Self {
        Self(
            service: Method.Service.name, name: Method.name, kind: .serverStreaming,
            repetition: Method.repetition,
            messages: RPCMethodMessages(request: Method.self, reply: Method.Element.self))
    }

    /// Declares a method that is sent a stream and replies once.
    public static func clientStream<Method: RPCClientStreamMethod>(_: Method.Type) -> Self {
        Self(
            service: Method.Service.name, name: Method.name, kind: .clientStreaming,
            repetition: Method.repetition,
            messages: RPCMethodMessages(
                request: Method.self, requestElement: Method.RequestElement.self,
                reply: Method.Reply.self))
    }

    /// Declares a method with a stream each way.
    public static func bidirectional<Method: RPCBidirectionalMethod>(_: Method.Type) -> Self {
        Self(
            service: Method.Service.name, name: Method.name, kind: .bidirectional,
            repetition: Method.repetition,
            messages: RPCMethodMessages(
                request: Method.self, requestElement: Method.RequestElement.self,
                reply: Method.Element.self))
    }

    /// The path of the method: `/rpc/<service>/<name>`.
    public var path: String { "/rpc/\(self.service)/\(self.name)" }
}

extension RPCMethodDeclaration: Hashable {
    /// Whether both say the same on the wire.
    public static func == (left: Self, right: Self) -> Bool {
        left.service == right.service && left.name == right.name && left.kind == right.kind
            && left.repetition == right.repetition
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.service)
        hasher.combine(self.name)
    }
}
