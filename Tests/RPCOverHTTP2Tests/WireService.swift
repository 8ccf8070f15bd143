import RPC
import Synchronization
import TestKit

/// A service of all four kinds of method, for tests of the bytes on the wire.
enum WireService: RPCService {
    static let name = "wire.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(Say.self), .stream(Tick.self), .clientStream(Gather.self), .bidirectional(Talk.self),
    ]

    /// A router of every route; `gate` is what a `Tick` up to -1 waits for.
    static func router(_ gate: Gate = Gate()) throws -> RPCRouter {
        try RPCRouter([self.routes(gate)], access: .everyone)
    }

    static func routes(_ gate: Gate = Gate()) -> RPCRoutes<WireService> {
        var routes = RPCRoutes(WireService.self)
        routes.on(Say.self) { request, metadata in
            metadata.leading = CallContext.current.metadata
            return request
        }
        routes.onStream(Tick.self) { request, metadata in
            metadata.leading.append("unit", "s")
            let next = Mutex(0)
            return AsyncThrowingStream {
                if request.upTo < 0 { await gate.pass() }
                let number = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                if number < request.upTo { return number }
                metadata.trailing.append("total", "\(number)")
                metadata.trailing.append("seal-bin", [0, 255])
                if request.upTo == 7 {
                    throw RPCError(.dataLoss, "gone", retryPushbackMilliseconds: 5)
                }
                return nil
            }
        }
        routes.onClientStream(Gather.self) { request, elements in
            var sum = request.start
            if sum < 0 { return sum }
            for try await element in elements { sum += element }
            return sum
        }
        routes.onBidirectional(Talk.self) { _, elements in elements }
        return routes
    }
}

@Message

struct Say: RPCMethod {
    typealias Service = WireService
    typealias Reply = Say
    static let name = "Say"
    static let repetition = Repetition.safe
    var text: String
}

@Message

struct Tick: RPCStreamMethod {
    typealias Service = WireService
    typealias Element = Int
    static let name = "Tick"
    static let repetition = Repetition.safe
    var upTo: Int
}

@Message

struct Gather: RPCClientStreamMethod {
    typealias Service = WireService
    typealias RequestElement = Int
    typealias Reply = Int
    static let name = "Gather"
    static let repetition = Repetition.unsafe
    var start: Int
}

@Message

struct Talk: RPCBidirectionalMethod {
    typealias Service = WireService
    typealias RequestElement = Int
    typealias Element = Int
    static let name = "Talk"
    static let repetition = Repetition.unsafe
}
