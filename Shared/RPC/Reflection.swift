/// Tells what a listener serves; served by every service, so that tools work without sources.
public enum Reflection: RPCService {
    public static let name = "reflection.v1"
    public static let methods: [RPCMethodDeclaration] = [.unary(ListMethods.self)]

    static func routes(_ methods: [RPCMethodDeclaration]) -> any RPCRouteTable {
        let reply = ListMethods.Reply(methods: methods.sorted { $0.path < $1.path })
        var routes = RPCRoutes(Reflection.self)
        routes.on(ListMethods.self) { _ in reply }
        return routes
    }
}

/// Asks for every method that the listener serves, sorted by path.
public struct ListMethods: RPCMethod {
    public typealias Service = Reflection
    public static let name = "ListMethods"
    public static let repetition = Repetition.safe

    /// Every method served.
    public struct Reply: Codable, Hashable, Sendable {
        /// The methods, sorted by path.
        public var methods: [RPCMethodDeclaration]

        /// Makes the reply.
        public init(methods: [RPCMethodDeclaration]) { self.methods = methods }
    }

    /// Makes the request.
    public init() {}
}
