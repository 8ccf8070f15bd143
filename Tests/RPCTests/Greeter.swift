import RPC

/// A service made up for tests.
enum Greeter: RPCService {
    static let name = "greeter.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(Greet.self), .unary(Charge.self), .stream(Count.self),
    ]

    /// All routes, with the given answer to `Greet`.
    static func routes(
        greet: @escaping @Sendable (Greet) async throws -> String = { "hello \($0.name)" },
        charge: @escaping @Sendable (Charge) async throws -> Int = { $0.amount }
    ) -> RPCRoutes<Greeter> {
        var routes = RPCRoutes(Greeter.self)
        routes.on(Greet.self, greet)
        routes.on(Charge.self, charge)
        routes.onStream(Count.self) { request in
            AsyncStream { continuation in
                for number in 0..<request.to { continuation.yield(number) }
                continuation.finish()
            }
        }
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

@Message
struct Charge: RPCMethod {
    typealias Service = Greeter
    typealias Reply = Int
    static let name = "Charge"
    static let repetition = Repetition.unsafe
    var amount: Int
}

@Message
struct Count: RPCStreamMethod {
    typealias Service = Greeter
    typealias Element = Int
    static let name = "Count"
    static let repetition = Repetition.safe
    var to: Int
}
