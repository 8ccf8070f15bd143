import CBOR
import Synchronization
import Testing

@testable import RPC

@Suite("Each method has its limits")
struct MethodLimitsTests {
    static func router(
        _ change: (inout RPCMethodLimits) -> Void,
        greet: @escaping @Sendable (Greet) async throws -> String = { "hello \($0.name)" }
    ) throws -> RPCRouter {
        var limits = RPCServerLimits()
        var method = RPCMethodLimits()
        change(&method)
        limits.methods["Greet"] = method
        return try RPCRouter([Greeter.routes(greet: greet)], access: .everyone, limits: limits)
    }

    static func send(_ name: String, to router: RPCRouter) async throws -> String {
        let client = RPCClient(
            Greeter.self, carry: router.carry(as: nil),
            options: RPCClientOptions(timeout: .seconds(3600), retry: .never))
        return try await client.send(Greet(name: name))
    }

    @Test("a request or a reply over the limit is refused, naming both sizes")
    func bytes() async throws {
        // {"name": "Ada"} has 10 bytes, "hello Ada" has 10.
        let small = try Self.router { $0.requestBytesMax = 10 }
        #expect(try await Self.send("Ada", to: small) == "hello Ada")
        await #expect(
            throws: RPCError(
                .resourceExhausted, "the request of Greet has 11 bytes, at most 10 may be")
        ) { try await Self.send("Adam", to: small) }
        let short = try Self.router { $0.replyBytesMax = 10 }
        #expect(try await Self.send("Ada", to: short) == "hello Ada")
        await #expect(
            throws: RPCError(
                .resourceExhausted, "the reply of Greet has 11 bytes, at most 10 may be")
        ) { try await Self.send("Adam", to: short) }
    }

    @Test("elements of a stream pass up to one over the method's limit, either way")
    func elements() async throws {
        var limits = RPCServerLimits()
        limits.methods["Count"] = RPCMethodLimits()
        limits.methods["Count"]?.requestBytesMax = 9
        limits.methods["Count"]?.replyBytesMax = 1
        let router = try RPCRouter([Greeter.routes()], access: .everyone, limits: limits)
        let client = RPCClient(Greeter.self, carry: router.carry(as: nil))
        var numbers: [Int] = []
        // From 24 on a number has two bytes (RFC 8949 section 3.1).
        await #expect(
            throws: RPCError(
                .resourceExhausted,
                "an element of the answer of Count has 2 bytes, at most 1 may be")
        ) {
            for try await number in try await client.stream(Count(to: 30)) {
                numbers.append(number)
            }
        }
        #expect(numbers == Array(0..<24))

        let sizes = Mutex([9, 10][...])
        let sent = RPCMessages {
            sizes.withLock { $0.popFirst().map { [UInt8](repeating: 0, count: $0) } }
        }
        var elements = router.elements(sent, ofRoute: 2).messages.makeAsyncIterator()
        #expect(try await elements.next()?.count == 9)
        let error = await #expect(throws: MessageTooLarge.self) { try await elements.next() }
        #expect(error?.isRequest == true)
        #expect(
            error?.rpcError.message
                == "an element of the request of Count has 10 bytes, at most 9 may be")
    }

    @Test(
        "a deadline is cut to the longest, and given where none is asked for",
        arguments: [
            (Int?.none, Int?.none, Int?.none, Int?.some(30_000)),
            (1_000, nil, nil, 1_000),
            (900_000, nil, nil, 300_000),
            (nil, 500, nil, 500),
            (nil, nil, 200, 200),
            (900, 500, 700, 700),
            (600, 500, 700, 600),
        ])
    func timeouts(asked: Int?, standard: Int?, longest: Int?, given: Int?) throws {
        let router = try Self.router {
            $0.timeoutMillisecondsDefault = standard
            $0.timeoutMillisecondsMax = longest
        }
        #expect(try router.timeoutMilliseconds(ofRoute: 0, asked: asked) == given)
    }

    @Test("a stream has no end unless it asks for one or its method has one")
    func streamTimeouts() throws {
        let router = try Self.router { _ in }
        #expect(try router.timeoutMilliseconds(ofRoute: 2, asked: nil) == nil)
        #expect(try router.timeoutMilliseconds(ofRoute: 2, asked: 3_600_000) == 3_600_000)
    }

    @Test("no time at all is a deadline that has passed")
    func noTime() throws {
        let router = try Self.router { _ in }
        #expect(throws: RPCError(.deadlineExceeded, "the deadline passed before work began")) {
            try router.timeoutMilliseconds(ofRoute: 0, asked: 0)
        }
    }

    @Test("a handler in process sees the deadline its method has")
    func inProcess() async throws {
        let seen = Seen()
        let router = try Self.router({ $0.timeoutMillisecondsMax = 200_000 }) { request in
            seen.set(CallContext.current)
            return request.name
        }
        let before = MonotonicInstant.now
        _ = try await Self.send("Ada", to: router)
        let deadline = try #require(seen.value?.deadline)
        #expect(deadline <= .now + .seconds(200))
        #expect(deadline > before)
    }

    @Test("limits that make no sense are found at start, all of them")
    func problems() {
        var limits = RPCServerLimits()
        limits.runningMin = 5
        limits.runningMax = 4
        limits.methods["Greeet"] = RPCMethodLimits()
        limits.methods["Greet"] = RPCMethodLimits()
        limits.methods["Greet"]?.requestBytesMax = 0
        limits.methods["Charge"] = RPCMethodLimits()
        limits.methods["Charge"]?.timeoutMillisecondsDefault = 400_000
        let error = #expect(throws: RouterError.self) {
            try RPCRouter([Greeter.routes()], access: .everyone, limits: limits)
        }
        #expect(
            error?.description.split(separator: "; ") == [
                "the limits let 5 to 4 calls run at once",
                "the limits name Greeet, which no service declares",
                "the limits of Charge have a default timeout beyond the longest one",
                "the limits of Greet are not all at least 1",
            ])
    }
}
