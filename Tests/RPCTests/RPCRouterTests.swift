import CBOR
import RPC
import TestKit
import Testing

@Suite("A router answers what is declared, to whom it is allowed")
struct RPCRouterTests {
    @Test("a call is answered with the reply")
    func answers() async throws {
        let router = try RPCRouter([Greeter.routes()], access: .everyone)
        let greeter = RPCClient(Greeter.self, carry: router.carry(as: nil))
        #expect(try await greeter.send(Greet(name: "Ada")) == "hello Ada")
    }

    @Test("a stream gives its elements in order and then ends")
    func streams() async throws {
        let router = try RPCRouter([Greeter.routes()], access: .everyone)
        let greeter = RPCClient(Greeter.self, carry: router.carry(as: nil))
        var numbers: [Int] = []
        for try await number in try await greeter.stream(Count(to: 4)) { numbers.append(number) }
        #expect(numbers == [0, 1, 2, 3])
    }

    @Test("a declared method without a route is found at start")
    func missingRoute() {
        var routes = RPCRoutes(Greeter.self)
        routes.on(Greet.self) { $0.name }
        let error = #expect(throws: RouterError.self) {
            try RPCRouter([routes], access: .everyone)
        }
        #expect(
            error?.description
                == "/rpc/greeter.v1/Charge has no route; /rpc/greeter.v1/Count has no route")
    }

    @Test("two routes of one method are found at start")
    func doubleRoute() {
        var routes = Greeter.routes()
        routes.on(Greet.self) { $0.name }
        let error = #expect(throws: RouterError.self) {
            try RPCRouter([routes], access: .everyone)
        }
        #expect(error?.description == "/rpc/greeter.v1/Greet has two routes")
    }

    @Test("an access list that names an unknown method is found at start")
    func unknownInAccessList() {
        let error = #expect(throws: RouterError.self) {
            try RPCRouter([Greeter.routes()], access: AccessList(["Greeet": []]))
        }
        #expect(error?.description == "the access list names Greeet, which no service declares")
    }

    @Test(
        "only listed peers may call",
        arguments: [
            (PeerName?.some(PeerName("friend")), RPCError.Code?.none),
            (PeerName("stranger"), .permissionDenied),
            (nil, .unauthenticated),
        ])
    func access(caller: PeerName?, refusal: RPCError.Code?) async throws {
        let access = AccessList(["Greet": [PeerName("friend")]])
        let router = try RPCRouter([Greeter.routes()], access: access)
        let greeter = RPCClient(Greeter.self, carry: router.carry(as: caller))
        let code = await self.code { _ = try await greeter.send(Greet(name: "Ada")) }
        #expect(code == refusal)
    }

    @Test("health and reflection are open to everyone")
    func openServices() async throws {
        let router = try RPCRouter([Greeter.routes()], access: AccessList([:]))
        let health = RPCClient(Health.self, carry: router.carry(as: nil))
        #expect(try await health.send(CheckHealth()).isServing)
        let reflection = RPCClient(Reflection.self, carry: router.carry(as: nil))
        let paths = try await reflection.send(ListMethods()).methods.map(\.path)
        #expect(
            paths == [
                "/rpc/greeter.v1/Charge", "/rpc/greeter.v1/Count", "/rpc/greeter.v1/Greet",
                "/rpc/health.v1/Check", "/rpc/health.v1/Watch",
                "/rpc/reflection.v1/DescribePublicAPI", "/rpc/reflection.v1/DescribeService",
                "/rpc/reflection.v1/ListMethods",
            ])
    }

    @Test("a body that is not the request is refused, naming the method")
    func malformedBody() async throws {
        let router = try RPCRouter([Greeter.routes()], access: .everyone)
        let call = RPCCall(
            path: MethodPath.of(Greet.self), body: [0xff], context: CallContext())
        let error = await #expect(throws: RPCError.self) {
            _ = try await router.carry(as: nil)(call)
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("Greet: ") == true)
    }

    @Test("an error nobody mapped says internal and nothing more")
    func unmappedError() async throws {
        struct Secret: Error {}
        let router = try RPCRouter(
            [Greeter.routes(greet: { _ in throw Secret() })], access: .everyone)
        let greeter = RPCClient(Greeter.self, carry: router.carry(as: nil))
        let error = await #expect(throws: RPCError.self) {
            try await greeter.send(Greet(name: "Ada"))
        }
        #expect(error == RPCError(.internal, "internal error"))
    }

    @Test("work whose deadline has passed is not begun")
    func expired() async throws {
        let router = try RPCRouter(
            [Greeter.routes(greet: { _ in throw RPCError(.internal, "begun") })],
            access: .everyone)
        let past = CallContext(deadline: MonotonicInstant.now - .seconds(1))
        let call = RPCCall(
            path: MethodPath.of(Greet.self), body: try CBOREncoder().encode(Greet(name: "Ada")),
            context: past)
        let code = await self.code { _ = try await router.carry(as: nil)(call) }
        #expect(code == .deadlineExceeded)
    }

    @Test("interceptors are wrapped around each method, the first outermost")
    func interceptors() async throws {
        func mark(_ text: String) -> RPCInterceptor {
            RPCInterceptor { _, handler in
                { body in
                    do { return try await handler(body) } catch let error as RPCError {
                        throw RPCError(error.code, "\(text) \(error.message)")
                    }
                }
            }
        }
        let router = try RPCRouter(
            [Greeter.routes(greet: { _ in throw RPCError(.aborted, "inner") })],
            access: .everyone, interceptors: [mark("first"), mark("second")])
        let greeter = RPCClient(Greeter.self, carry: router.carry(as: nil))
        let error = await #expect(throws: RPCError.self) {
            try await greeter.send(Greet(name: "Ada"))
        }
        #expect(error == RPCError(.aborted, "first second inner"))
    }

    @Test(
        "observers are told how each call ended, in its context, whatever is around or inside of them",
        arguments: [false, true])
    func observers(isWrapped: Bool) async throws {
        let told = Journal<String>()
        func observer(_ name: String) -> RPCInterceptor {
            RPCInterceptor(observing: { method in
                { context, error, duration in
                    let code = error.map { RPCError(crossing: $0).code.rawValue } ?? "ok"
                    let caller = context.caller?.text ?? "nobody"
                    told.append("\(name) \(method.name) \(caller) \(code)")
                    if duration < .zero { told.append("before it began") }
                }
            })
        }
        let wrapping = RPCInterceptor { _, handler in { try await handler($0) } }
        let router = try RPCRouter(
            [
                Greeter.routes(greet: { request in
                    guard request.name == "Ada" else { throw RPCError(.aborted, "who?") }
                    return request.name
                })
            ],
            access: .everyone,
            interceptors: (isWrapped ? [wrapping] : [])
                + [observer("outer"), wrapping, observer("inner")])
        let greeter = RPCClient(Greeter.self, carry: router.carry(as: PeerName("tester")))
        _ = try await greeter.send(Greet(name: "Ada"))
        _ = try? await greeter.send(Greet(name: "Bob"))
        #expect(
            told.entries == [
                "inner Greet tester ok", "outer Greet tester ok",
                "inner Greet tester aborted", "outer Greet tester aborted",
            ])
    }

    @Test("a handler's own calls inherit what is left of the deadline, and the trace")
    func contextTravels() async throws {
        let seen = Seen()
        let inner = try RPCRouter(
            [
                Greeter.routes(greet: { request in
                    seen.set(CallContext.current)
                    return request.name
                })
            ], access: .everyone)
        let innerClient = RPCClient(
            Greeter.self, carry: inner.carry(as: PeerName("outer")),
            options: RPCClientOptions(timeout: .seconds(3600)))
        let outer = try RPCRouter(
            [Greeter.routes(greet: { try await innerClient.send($0) })], access: .everyone)
        let deadline = MonotonicInstant.now + .seconds(200)
        let trace = TraceContext()
        let call = RPCCall(
            path: MethodPath.of(Greet.self), body: try CBOREncoder().encode(Greet(name: "Ada")),
            context: CallContext(deadline: deadline, trace: trace))
        _ = try await outer.carry(as: nil)(call)
        let context = try #require(seen.value)
        #expect(context.caller == PeerName("outer"))
        #expect(try #require(context.deadline) < deadline)
        #expect(try #require(context.deadline) > deadline - .milliseconds(6))
        #expect(context.trace?.traceID == trace.traceID)
        #expect(context.trace?.spanID != trace.spanID)
    }

    private func code(of body: () async throws -> Void) async -> RPCError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? RPCError)?.code ?? .unknown
        }
    }
}
