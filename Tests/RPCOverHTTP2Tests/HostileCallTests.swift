import HTTP2
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import TestKit
import Testing

/// What callers may try against a real listener.
@Suite("hostile calls", .timeLimit(.minutes(1)))
struct HostileCallTests {
    private static func withListener(
        _ state: TestState = TestState(), limits: HTTP2Limits = .internalPeers,
        _ body: (HTTP2ClientConnection) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: try CarrierTests.router(state),
            connectionLimits: limits, group: CarrierTests.group, logger: CarrierTests.logger)
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, group: CarrierTests.group)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(connection))
        } catch {
            result = .failure(error)
        }
        connection.close()
        await listener.drain(grace: .zero)
        try result.get()
    }

    private static func request(
        _ path: String, scheme: String = "http", fields: HTTP2Fields = [:],
        body: [UInt8] = WireTests.echo
    ) throws -> HTTP2ClientRequest {
        HTTP2ClientRequest(
            head: try HTTP2RequestHead(
                method: "POST", scheme: scheme, authority: "test", path: path,
                fields: ["content-type": "application/cbor"]), fields: fields, body: body)
    }

    @Test(
        "a path that is not byte for byte a method's is no method",
        arguments: [
            "/rpc/test.v1/echo", "/rpc/test.v1/Echo/", "/rpc/test.v1/Echo#x", "/rpc//test.v1/Echo",
            "/rpc/./test.v1/Echo", "/rpc/x/../test.v1/Echo", "/rpc/test.v1/%45cho",
            "/rpc/test.v1/Echo%00", "/rpc/test.v1/\u{c9}cho", "/RPC/test.v1/Echo", "/rpc/test.v1",
            "/rpc/test.v1/", "/", "/rpc/test.v1/Echo;x",
        ])
    func paths(path: String) async throws {
        try await Self.withListener { connection in
            let response = try await connection.call(Self.request(path))
            #expect(response.status == 501)
            #expect(response.fields.first("rpc-code") == "unimplemented")
        }
    }

    @Test("a scheme that is not HTTP's is refused")
    func scheme() async throws {
        try await Self.withListener { connection in
            let response = try await connection.call(
                Self.request("/rpc/test.v1/Echo", scheme: "ftp"))
            #expect(response.status == 400)
            #expect(response.fields.first("rpc-code") == "invalid_argument")
        }
    }

    @Test("a header over the limit is resource_exhausted")
    func header() async throws {
        try await Self.withListener { connection in
            let fields: HTTP2Fields = ["x": String(repeating: "y", count: 20_000)]
            let response = try await connection.call(
                Self.request("/rpc/test.v1/Echo", fields: fields))
            #expect(response.status == 431)
            #expect(response.fields.first("rpc-code") == "resource_exhausted")
        }
    }

    @Test("calls beyond the handlers allowed are told early to come back, until a handler ends")
    func overload() async throws {
        var limits = HTTP2Limits.internalPeers
        limits.handlersMax = 1
        let state = TestState()
        try await Self.withListener(state, limits: limits) { connection in
            let waiting = Task {
                try await connection.call(Self.request("/rpc/test.v1/Wait", body: [0xa0]))
            }
            await state.began.pass()
            let refused = try await connection.call(Self.request("/rpc/test.v1/Echo"))
            #expect(refused.status == 503)
            #expect(refused.fields.first("rpc-code") == "unavailable")
            let pushback = refused.fields.first("rpc-retry-pushback-ms").flatMap { Int($0) }
            #expect((pushback ?? 0) > 0)
            waiting.cancel()
            _ = await waiting.result
            await state.ended.pass()
            var status = 503
            while status == 503 {
                status = try await connection.call(Self.request("/rpc/test.v1/Echo")).status
            }
            #expect(status == 200)
        }
    }
}
