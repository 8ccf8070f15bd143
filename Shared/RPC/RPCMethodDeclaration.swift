/// What reflection and routers know of a method.
public struct RPCMethodDeclaration: Codable, Sendable {
    /// How many answers a call has.
    public enum Kind: String, Codable, Hashable, Sendable {
        /// One.
        case unary
        /// A stream.
        case serverStreaming = "server_streaming"
    }

    /// The service's name.
    public let service: String
    /// The method's name.
    public let name: String
    /// How many answers a call has.
    public let kind: Kind
    /// Whether a call may be made again.
    public let repetition: Repetition
    /// The types of what is sent; `nil` in a declaration that came over the wire.
    public private(set) var messages: RPCMethodMessages?

    enum CodingKeys: CodingKey {
        case service, name, kind, repetition
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
