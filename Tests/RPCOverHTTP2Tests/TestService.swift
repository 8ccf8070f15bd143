import RPC
import Synchronization
import TestKit

/// A service for tests.
enum TestService: RPCService {
    static let name = "test.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(Echo.self), .unary(Fail.self), .unary(Wait.self), .stream(Count.self),
    ]
}

@Message
struct Echo: RPCMethod, Equatable {
    typealias Service = TestService
    static let name = "Echo"
    static let repetition = Repetition.safe
    var text: String
    @Message
    struct Reply: Codable, Sendable { var text: String }
}

@Message
struct Fail: RPCMethod {
    typealias Service = TestService
    static let name = "Fail"
    static let repetition = Repetition.unsafe
    @Message
    struct Reply: Codable, Sendable {}
}

/// Waits until it is cancelled.
@Message
struct Wait: RPCMethod {
    typealias Service = TestService
    static let name = "Wait"
    static let repetition = Repetition.unsafe
    @Message
    struct Reply: Codable, Sendable {}
}

@Message
struct Count: RPCStreamMethod {
    typealias Service = TestService
    typealias Element = Int
    static let name = "Count"
    static let repetition = Repetition.safe
    var upTo: Int
    var fails = false
}

/// What tests look at, and wait for.
final class TestState: Sendable {
    let seen = Mutex<CallContext?>(nil)
    let began = Gate()
    let ended = Gate()
}

func testRoutes(_ state: TestState) -> RPCRoutes<TestService> {
    var routes = RPCRoutes(TestService.self)
    routes.on(Echo.self) { request in
        state.seen.withLock { $0 = CallContext.current }
        return Echo.Reply(text: request.text)
    }
    routes.on(Fail.self) { _ in
        throw RPCError(
            .failedPrecondition, "not now", details: [.init(type: "t.v1.Why", value: [1, 2])],
            retryPushbackMilliseconds: 250)
    }
    routes.on(Wait.self) { _ in
        state.began.open()
        defer { state.ended.open() }
        await Gate().pass()
        try Task.checkCancellation()
        return Wait.Reply()
    }
    routes.onStream(Count.self) { request in
        AsyncThrowingStream<Int, any Error> { continuation in
            for number in 0..<request.upTo { continuation.yield(number) }
            continuation.finish(
                throwing: request.fails ? RPCError(.dataLoss, "the rest is gone") : nil)
        }
    }
    return routes
}
