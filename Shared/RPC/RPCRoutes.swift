import CBOR

/// The handlers of one service, before they are put behind a router.
public struct RPCRoutes<Service: RPCService>: Sendable {
    var entries: [RPCRoute] = []

    /// Makes an empty table.
    public init(_: Service.Type = Service.self) {}

    /// Answers a unary method.
    ///
    /// The handler runs on the connection's event loop and must not block it; it may suspend.
    public mutating func on<Method: RPCMethod>(
        _: Method.Type, _ handler: @escaping @Sendable (Method) async throws -> Method.Reply
    ) where Method.Service == Service {
        let encoder = CBOREncoder()
        let decoder = CBORDecoder()
        self.entries.append(
            RPCRoute(.unary(Method.self)) { body in
                let request: Method
                do {
                    request = try decoder.decode(Method.self, from: body)
                } catch {
                    throw RPCError(.invalidArgument, "\(Method.name): \(error)")
                }
                return .message(try encoder.encode(try await handler(request)))
            })
    }

    /// Answers a streaming method.
    ///
    /// Elements are asked for as the peer takes them.
    public mutating func onStream<Method: RPCStreamMethod, Elements: AsyncSequence & Sendable>(
        _: Method.Type, _ handler: @escaping @Sendable (Method) async throws -> Elements
    ) where Method.Service == Service, Elements.Element == Method.Element {
        let decoder = CBORDecoder()
        self.entries.append(
            RPCRoute(.stream(Method.self)) { body in
                let request: Method
                do {
                    request = try decoder.decode(Method.self, from: body)
                } catch {
                    throw RPCError(.invalidArgument, "\(Method.name): \(error)")
                }
                return .messages(RPCMessages(encoding: try await handler(request)))
            })
    }
}

/// Answers a call: the request's bytes in, the answer out; everything else is in `CallContext`.
public typealias RPCHandler = @Sendable ([UInt8]) async throws -> RPCAnswer

/// Routes of any service, as a router takes them.
public protocol RPCRouteTable: Sendable {
    /// What the service declares.
    var declared: [RPCMethodDeclaration] { get }
    /// What is routed.
    var routed: [RPCMethodDeclaration] { get }
}

extension RPCRoutes: RPCRouteTable {
    public var declared: [RPCMethodDeclaration] { Service.methods }
    public var routed: [RPCMethodDeclaration] { self.entries.map(\.declaration) }
}

protocol RPCRouteEntries {
    var entries: [RPCRoute] { get }
}

extension RPCRoutes: RPCRouteEntries {}
