/// Tells what a listener serves; served by every service, so that tools work without sources.
public enum Reflection: RPCService {
    public static let name = "reflection.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(ListMethods.self), .unary(DescribeService.self), .unary(DescribePublicAPI.self),
    ]

    static func routes(
        _ methods: [RPCMethodDeclaration], publicAPI: [UInt8]?
    ) -> any RPCRouteTable {
        let reply = ListMethods.Reply(methods: methods.sorted { $0.path < $1.path })
        let services = Dictionary(grouping: reply.methods, by: \.service)
        var routes = RPCRoutes(Reflection.self)
        routes.on(ListMethods.self) { _ in reply }
        routes.on(DescribeService.self) { request in
            guard let methods = services[request.service] else {
                throw RPCError(.notFound, "no service \(request.service) is served here")
            }
            return DescribeService.Reply(describing: methods)
        }
        routes.on(DescribePublicAPI.self) { _ in
            guard let publicAPI else {
                throw RPCError(.notFound, "there are no public operations here")
            }
            return DescribePublicAPI.Reply(document: publicAPI)
        }
        return routes
    }
}

/// Asks for every method that the listener serves, sorted by path.
@Message
public struct ListMethods: RPCMethod {
    public typealias Service = Reflection
    public static let name = "ListMethods"
    public static let repetition = Repetition.safe

    /// Every method served.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The methods, sorted by path.
        public var methods: [RPCMethodDeclaration]

        /// Makes the reply.
        public init(methods: [RPCMethodDeclaration]) { self.methods = methods }
    }

    /// Makes the request.
    public init() {}
}
