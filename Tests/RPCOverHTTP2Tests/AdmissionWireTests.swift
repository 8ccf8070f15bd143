import CBOR
import HTTP2
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// What a server answers before it begins a call, on the wire.
@Suite("Refusals before work begins", .timeLimit(.minutes(1)))
struct AdmissionWireTests {
    @Message
    struct ErrorBody: Codable {
        var code: String
        var message: String
    }

    static func withListener(
        _ router: RPCRouter,
        _ body: (HTTP2ClientConnection, RPCPeer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: router, group: CarrierTests.group,
            logger: CarrierTests.logger)
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, group: CarrierTests.group)
        let peer = RPCPeer([listener.address], group: CarrierTests.group)
        do {
            try await body(connection, peer)
        } catch {
            await listener.drain(grace: .zero)
            throw error
        }
        connection.close()
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
    }

    static func ask(
        _ connection: HTTP2ClientConnection, _ path: String = "/rpc/test.v1/Echo",
        _ fields: HTTP2Fields = [:], body: [UInt8] = WireTests.echo
    ) async throws -> HTTP2ClientResponse {
        var all: HTTP2Fields = ["content-type": "application/cbor"]
        for (name, value) in fields { all.append(name, value) }
        return try await connection.call(
            HTTP2ClientRequest(
                head: try HTTP2RequestHead(
                    method: "POST", scheme: "http", authority: "test", path: path, fields: all),
                body: body))
    }

    /// A call that runs until it is cancelled.
    static func waiting(at peer: RPCPeer) -> Task<Void, any Error> {
        Task { _ = try await RPCClient(TestService.self, carry: peer.carry).send(Wait()) }
    }

    static func error(_ response: HTTP2ClientResponse) throws -> ErrorBody {
        try CBORDecoder().decode(ErrorBody.self, from: response.body)
    }

    struct BadField: Sendable, CustomTestStringConvertible {
        let name: String
        let value: String
        var message: String
        var testDescription: String { "\(self.name): \(self.value.prefix(20))" }
    }

    static let timeout = "rpc-timeout-ms is 1 to 10 digits"
    static let attempt = "rpc-attempt is 1 to 10 digits and at least 1"
    static let criticality = "rpc-criticality is critical, default or sheddable"
    static let key = "idempotency-key is a quoted string of 1 to 255 characters"

    @Test(
        "a field that cannot be read is refused by name",
        arguments: [
            BadField(name: "rpc-timeout-ms", value: "soon", message: timeout),
            BadField(name: "rpc-timeout-ms", value: "-1", message: timeout),
            BadField(name: "rpc-timeout-ms", value: "12345678901", message: timeout),
            BadField(name: "rpc-timeout-ms", value: "", message: timeout),
            BadField(name: "rpc-attempt", value: "0", message: attempt),
            BadField(name: "rpc-attempt", value: "two", message: attempt),
            BadField(name: "rpc-criticality", value: "Critical", message: criticality),
            BadField(name: "rpc-criticality", value: "", message: criticality),
            BadField(name: "idempotency-key", value: "bare", message: key),
            BadField(name: "idempotency-key", value: "\"\"", message: key),
            BadField(name: "idempotency-key", value: "\"open", message: key),
            BadField(name: "idempotency-key", value: "\"a\"b\"", message: key),
            BadField(name: "idempotency-key", value: "\"a\\n\"", message: key),
            BadField(name: "idempotency-key", value: "\"a\\\"", message: key),
            BadField(name: "idempotency-key", value: "\"é\"", message: key),
            BadField(name: "idempotency-key", value: "\"a\";p=1", message: key),
            BadField(
                name: "idempotency-key",
                value: "\"" + String(repeating: "k", count: 256) + "\"", message: key),
        ])
    func badField(example: BadField) async throws {
        try await Self.withListener(try CarrierTests.router()) { connection, _ in
            let response = try await Self.ask(
                connection, "/rpc/test.v1/Echo", [example.name: example.value])
            #expect(response.status == 400)
            #expect(response.fields.first("rpc-code") == "invalid_argument")
            #expect(try Self.error(response).message == example.message)
        }
    }

    @Test("keys of all printable characters, up to 255, arrive as they were sent")
    func keys() async throws {
        let state = TestState()
        try await Self.withListener(try CarrierTests.router(state)) { _, peer in
            let client = RPCClient(TestService.self, carry: peer.carry)
            for key in ["a", "say \"hi\" \\ ~", String(repeating: "\"", count: 255)] {
                _ = try await client.send(Echo(text: "x"), idempotencyKey: key)
                #expect(state.seen.withLock { $0?.idempotencyKey } == key)
            }
            for key in ["", "é", "a\nb", String(repeating: "k", count: 256)] {
                let error = await #expect(throws: RPCError.self) {
                    try await client.send(Echo(text: "x"), idempotencyKey: key)
                }
                #expect(error?.code == .invalidArgument)
            }
        }
    }

    private static func limited(
        _ name: String, _ state: TestState = TestState(),
        _ change: (inout RPCMethodLimits) -> Void
    ) throws -> RPCRouter {
        var limits = RPCServerLimits()
        var method = RPCMethodLimits()
        change(&method)
        limits.methods[name] = method
        return try RPCRouter([testRoutes(state)], access: .everyone, limits: limits)
    }

    @Test("a request over its method's limit is 413, a reply over it 429")
    func tooLarge() async throws {
        try await Self.withListener(try Self.limited("Echo") { $0.requestBytesMax = 8 }) {
            connection, _ in
            let response = try await Self.ask(connection)
            #expect(response.status == 413)
            #expect(response.fields.first("rpc-code") == "resource_exhausted")
            #expect(
                try Self.error(response).message
                    == "the request of Echo has 9 bytes, at most 8 may be")
        }
        try await Self.withListener(try Self.limited("Echo") { $0.replyBytesMax = 8 }) {
            connection, _ in
            let response = try await Self.ask(connection)
            #expect(response.status == 429)
            #expect(
                try Self.error(response).message
                    == "the reply of Echo has 9 bytes, at most 8 may be")
        }
    }

    @Test("a method's longest time ends a call that asks for more")
    func longest() async throws {
        let state = TestState()
        let router = try Self.limited("Wait", state) { $0.timeoutMillisecondsMax = 20 }
        try await Self.withListener(router) { connection, _ in
            let response = try await Self.ask(
                connection, "/rpc/test.v1/Wait", ["rpc-timeout-ms": "60000"], body: [0xa0])
            #expect(response.status == 504)
            await state.ended.pass()
        }
    }

    @Test("no time at all is 504 and nothing is run")
    func noTime() async throws {
        let state = TestState()
        try await Self.withListener(try CarrierTests.router(state)) { connection, _ in
            let response = try await Self.ask(
                connection, "/rpc/test.v1/Echo", ["rpc-timeout-ms": "0"])
            #expect(response.status == 504)
            #expect(response.fields.first("rpc-code") == "deadline_exceeded")
            #expect(state.seen.withLock { $0 } == nil)
        }
    }

    @Test("as many calls of a method run as may, the next is refused with a wait")
    func running() async throws {
        let state = TestState()
        let router = try Self.limited("Wait", state) { $0.runningMax = 1 }
        try await Self.withListener(router) { connection, peer in
            let first = Self.waiting(at: peer)
            defer { first.cancel() }
            await state.began.pass()
            let response = try await Self.ask(connection, "/rpc/test.v1/Wait", body: [0xa0])
            #expect(response.status == 429)
            #expect(response.fields.first("rpc-code") == "resource_exhausted")
            #expect(response.fields.first("rpc-retry-pushback-ms") == "100")
            #expect(try Self.error(response).message == "as many calls of Wait are running as may")
        }
    }

    @Test("a server that carries all it can answers 503 with a wait, sheddable calls first")
    func overload() async throws {
        let state = TestState()
        var limits = RPCServerLimits()
        limits.runningMin = 2
        limits.runningMax = 2
        let router = try RPCRouter([testRoutes(state)], access: .everyone, limits: limits)
        try await Self.withListener(router) { connection, peer in
            let first = Self.waiting(at: peer)
            defer { first.cancel() }
            await state.began.pass()
            for (criticality, status) in [("sheddable", 503), ("critical", 200)] {
                let response = try await Self.ask(
                    connection, "/rpc/test.v1/Echo", ["rpc-criticality": criticality])
                #expect(response.status == status)
                guard status == 503 else { continue }
                #expect(response.fields.first("rpc-code") == "unavailable")
                let wait = response.fields.first("rpc-retry-pushback-ms").flatMap { Int($0) } ?? -1
                #expect((50...150).contains(wait))
            }
        }
    }

    @Test("a repetition of a keyed call says so, for replies and for errors")
    func replayed() async throws {
        let ledger = LedgerState()
        var routes = RPCRoutes(Ledger.self)
        routes.on(Refuse.self) { _ in throw RPCError(.failedPrecondition, "not now") }
        routes.on(Add.self) { _ in ledger.entries.wrappingAdd(1, ordering: .relaxed).newValue }
        let router = try RPCRouter(
            [routes], access: .everyone, answers: MemoryAnswerStore())
        try await Self.withListener(router) { connection, _ in
            var bodies: [[UInt8]] = []
            for number in 1...2 {
                let response = try await Self.ask(
                    connection, "/rpc/ledger.v1/Refuse", ["idempotency-key": "\"a\""], body: [0xa0])
                #expect(response.status == 400)
                #expect(response.fields.first("rpc-code") == "failed_precondition")
                #expect(response.fields.first("rpc-replayed") == (number == 1 ? nil : "1"))
                bodies.append(response.body)
            }
            #expect(bodies[0] == bodies[1])
            for number in 1...2 {
                let response = try await Self.ask(
                    connection, "/rpc/ledger.v1/Add", ["idempotency-key": "\"b\""], body: [0xa0])
                #expect(response.status == 200)
                #expect(response.fields.first("content-type") == "application/cbor")
                #expect(response.fields.first("rpc-replayed") == (number == 1 ? nil : "1"))
                #expect(response.body == [0x01])
            }
        }
    }

    @Test("criticality goes on by itself from hop to hop")
    func twoHops() async throws {
        let last = TestState()
        try await Self.withListener(try CarrierTests.router(last)) { _, lastPeer in
            let lastClient = RPCClient(TestService.self, carry: lastPeer.carry)
            var middle = RPCRoutes(Relay.Service.self)
            middle.on(Relay.self) { try await lastClient.send(Echo(text: $0.text)).text }
            let router = try RPCRouter([middle], access: .everyone)
            try await Self.withListener(router) { _, peer in
                let client = RPCClient(Relay.Service.self, carry: peer.carry)
                for criticality in CallContext.Criticality.allCases {
                    _ = try await CallContext.$current.withValue(
                        CallContext(criticality: criticality)
                    ) { try await client.send(Relay(text: "x")) }
                    #expect(last.seen.withLock { $0?.criticality } == criticality)
                }
            }
        }
    }
}

/// Passes a text on to the next service.
@Message
struct Relay: RPCMethod {
    enum Service: RPCService {
        static let name = "relay.v1"
        static let methods: [RPCMethodDeclaration] = [.unary(Relay.self)]
    }
    typealias Reply = String
    static let name = "Relay"
    static let repetition = Repetition.safe
    var text: String
}

/// Methods that may not be repeated.
enum Ledger: RPCService {
    static let name = "ledger.v1"
    static let methods: [RPCMethodDeclaration] = [.unary(Refuse.self), .unary(Add.self)]
}

/// What was added so far.
final class LedgerState: Sendable {
    let entries = Atomic(0)
}

@Message
struct Refuse: RPCMethod {
    typealias Service = Ledger
    typealias Reply = Int
    static let name = "Refuse"
    static let repetition = Repetition.unsafe
}

@Message
struct Add: RPCMethod {
    typealias Service = Ledger
    typealias Reply = Int
    static let name = "Add"
    static let repetition = Repetition.unsafe
}
