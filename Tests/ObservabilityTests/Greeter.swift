import CBOR
import RPC

/// A service to be looked at.
enum Greeter: RPCService {
    static let name = "greeter.v1"
    static let methods: [RPCMethodDeclaration] = [.unary(Greet.self)]

    static func routes(
        _ greet: @escaping @Sendable (Greet) async throws -> String
    ) -> RPCRoutes<Greeter> {
        var routes = RPCRoutes(Greeter.self)
        routes.on(Greet.self, greet)
        return routes
    }
}

@Message
struct Greet: RPCMethod {
    typealias Service = Greeter
    typealias Reply = String
    static let name = "Greet"
    static let repetition = Repetition.safe
    var name: String
}
