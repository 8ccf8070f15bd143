import CBOR
import HTTP2
import Logging
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// RPC over real sockets.
@Suite("RPC over HTTP/2", .timeLimit(.minutes(1)))
struct CarrierTests {
    static let group = MultiThreadedEventLoopGroup.singleton
    static let contracts = PeerName("contracts")
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func router(
        _ state: TestState = TestState(), access: AccessList = .everyone
    ) throws -> RPCRouter {
        try RPCRouter([testRoutes(state)], access: access)
    }

    static func withService(
        _ state: TestState = TestState(), access: AccessList = .everyone,
        credentials: PeerCredentials? = nil, limits: RPCCarrierLimits = RPCCarrierLimits(),
        _ body: (RPCClient<TestService>, RPCListener, RPCPeer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: try self.router(state, access: access),
            tokens: PeerTokens(tokens: [self.contracts: "secret"]), limits: limits,
            group: self.group, logger: self.logger)
        let peer = RPCPeer(
            [listener.address], credentials: credentials, limits: limits, group: self.group)
        do {
            try await body(
                RPCClient(
                    carry: peer.carry, options: RPCClientOptions(retry: .never)), listener, peer)
        } catch {
            await listener.drain(grace: .zero)
            throw error
        }
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
    }

    @Test("a call reaches its handler, and the reply its caller")
    func call() async throws {
        try await Self.withService { client, _, _ in
            let reply = try await client.send(Echo(text: "hello"))
            #expect(reply.text == "hello")
        }
    }

    @Test("the deadline, the trace, the attempt and the key travel along")
    func context() async throws {
        let state = TestState()
        try await Self.withService(state) { client, _, _ in
            let trace = TraceContext()
            var context = CallContext.current
            context.trace = trace
            context.criticality = .critical
            try await CallContext.$current.withValue(context) {
                _ = try await client.send(Echo(text: "x"), idempotencyKey: "key-1")
            }
            let seen = try #require(state.seen.withLock { $0 })
            #expect(seen.trace?.traceID == trace.traceID)
            #expect(seen.trace?.spanID != trace.spanID)
            #expect(seen.criticality == .critical)
            #expect(seen.idempotencyKey == "key-1")
            #expect(seen.attempt == 1)
            #expect(seen.caller == nil)
            let remaining = try MonotonicInstant.now.duration(to: #require(seen.deadline))
            #expect(remaining > .seconds(5) && remaining <= .seconds(10))
        }
    }

    @Test("errors cross with code, message, details and pushback")
    func errors() async throws {
        try await Self.withService { client, _, _ in
            let expected = RPCError(
                .failedPrecondition, "not now", details: [.init(type: "t.v1.Why", value: [1, 2])],
                retryPushbackMilliseconds: 250)
            await #expect(throws: expected) { try await client.send(Fail()) }
        }
    }

    @Test("a token proves a name; a wrong one proves nothing and is refused")
    func tokens() async throws {
        let access = AccessList(["Echo": [Self.contracts], "Fail": [], "Count": [], "Wait": []])
        let right = PeerCredentials(peer: Self.contracts, token: "secret")
        try await Self.withService(access: access, credentials: right) { client, _, _ in
            for _ in 0..<3 {
                let reply = try await client.send(Echo(text: "x"))
                #expect(reply.text == "x")
            }
            let error = await #expect(throws: RPCError.self) { try await client.send(Fail()) }
            #expect(error?.code == .permissionDenied)
        }
        for wrong in [
            PeerCredentials(peer: Self.contracts, token: "Secret"),
            PeerCredentials(peer: PeerName("identity"), token: "secret"),
        ] {
            try await Self.withService(access: access, credentials: wrong) { client, _, _ in
                let error = await #expect(throws: RPCError.self) {
                    try await client.send(Echo(text: "x"))
                }
                #expect(error?.code == .unauthenticated)
            }
        }
        try await Self.withService(access: access) { client, _, _ in
            let error = await #expect(throws: RPCError.self) {
                try await client.send(Echo(text: "x"))
            }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test("between hosts the certificate's name is the caller")
    func certificates() async throws {
        let folder = try TemporaryFolder()
        let files = try TestCertificates.write(to: folder)
        let state = TestState()
        let access = AccessList(["Echo": [Self.contracts], "Fail": [], "Count": [], "Wait": []])
        let listener = try await RPCListener.bind(
            to: HTTP2Address("127.0.0.1:0"), router: try Self.router(state, access: access),
            tls: try files.server.serverContext(), group: Self.group, logger: Self.logger)
        let peer = RPCPeer(
            [listener.address], tls: try files.client.clientContext(), serverName: "localhost",
            group: Self.group)
        let client = RPCClient(TestService.self, carry: peer.carry)
        #expect(try await client.send(Echo(text: "x")).text == "x")
        #expect(state.seen.withLock { $0?.caller } == Self.contracts)
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
    }

    @Test("the caller's own clock ends a call at its deadline")
    func deadline() async throws {
        try await Self.withService { client, _, _ in
            var context = CallContext.current
            context.deadline = .now + .milliseconds(20)
            await CallContext.$current.withValue(context) {
                let error = await #expect(throws: RPCError.self) { try await client.send(Wait()) }
                #expect(error?.code == .deadlineExceeded)
            }
        }
    }

    @Test("cancelling the caller cancels the handler")
    func cancellation() async throws {
        let state = TestState()
        try await Self.withService(state) { client, _, _ in
            let task = Task { try await client.send(Wait()) }
            await state.began.pass()
            task.cancel()
            let error = await #expect(throws: RPCError.self) { try await task.value }
            #expect(error?.code == .canceled)
            await state.ended.pass()
        }
    }

    @Test("a stream gives its elements in order and ends", arguments: [0, 1, 1000])
    func stream(count: Int) async throws {
        try await Self.withService { client, _, _ in
            var received: [Int] = []
            for try await element in try await client.stream(Count(upTo: count)) {
                received.append(element)
            }
            #expect(received == Array(0..<count))
        }
    }

    @Test("a stream that fails gives its elements first, and then the error")
    func failingStream() async throws {
        try await Self.withService { client, _, _ in
            var received: [Int] = []
            let error = await #expect(throws: RPCError.self) {
                for try await element in try await client.stream(Count(upTo: 5, fails: true)) {
                    received.append(element)
                }
            }
            #expect(received == Array(0..<5))
            #expect(error == RPCError(.dataLoss, "the rest is gone"))
        }
    }

    @Test("after the service has gone and come back, calls are answered again")
    func reconnect() async throws {
        let folder = try TemporaryFolder()
        let address = HTTP2Address.unixSocket(path: folder.file("s"))
        let peer = RPCPeer([address], group: Self.group)
        let client = RPCClient(TestService.self, carry: peer.carry)
        for round in 0..<3 {
            let listener = try await RPCListener.bind(
                to: address, router: try Self.router(), group: Self.group, logger: Self.logger)
            #expect(try await client.send(Echo(text: "\(round)")).text == "\(round)")
            await listener.drain(grace: .seconds(1))
        }
        await peer.shutDown()
        let error = await #expect(throws: RPCError.self) { try await client.send(Echo(text: "x")) }
        #expect(error?.code == .unavailable)
    }

    @Test("with several endpoints, those that cannot be reached are passed over")
    func endpoints() async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: try Self.router(), group: Self.group,
            logger: Self.logger)
        let peer = RPCPeer(
            [.unixSocket(path: folder.file("x")), listener.address], group: Self.group)
        let client = RPCClient(
            TestService.self, carry: peer.carry, options: RPCClientOptions(retry: .never))
        for _ in 0..<50 { #expect(try await client.send(Echo(text: "x")).text == "x") }
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
    }

    @Test("a failure to connect is known not to have been processed")
    func notProcessed() async throws {
        let folder = try TemporaryFolder()
        let peer = RPCPeer([.unixSocket(path: folder.file("s"))], group: Self.group)
        let call = RPCCall(
            path: MethodPath.of(Echo.self), body: try CBOREncoder().encode(Echo(text: "x")),
            context: CallContext())
        await #expect(throws: CarryFailure.self) { try await peer.carry(call) }
        await peer.shutDown()
    }
}
