import CBOR
import HTTP2
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import TestKit
import Testing

/// What the listener answers on the wire, bytes included.
@Suite("RPC wire", .timeLimit(.minutes(1)))
struct WireTests {
    struct ErrorBody: Codable {
        var code: String
        var message: String
        var retryable: Bool?
    }

    static func ask(
        method: String = "POST", path: String = "/rpc/test.v1/Echo",
        fields: HTTP2Fields = ["content-type": "application/cbor"], body: [UInt8] = [],
        state: TestState = TestState()
    ) async throws -> HTTP2ClientResponse {
        let folder = try TemporaryFolder()
        var limits = HTTP2Limits.internalPeers
        limits.bodyBytesMax = 10_000
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: try CarrierTests.router(state),
            connectionLimits: limits, group: CarrierTests.group, logger: CarrierTests.logger)
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, group: CarrierTests.group)
        let response = try await connection.call(
            HTTP2ClientRequest(
                head: try HTTP2RequestHead(
                    method: method, scheme: "http", authority: "test", path: path, fields: fields),
                body: body))
        connection.close()
        await listener.drain(grace: .seconds(1))
        return response
    }

    /// `{"text": "hi"}`.
    static let echo: [UInt8] = [0xa1, 0x64, 0x74, 0x65, 0x78, 0x74, 0x62, 0x68, 0x69]

    @Test("a unary call and its answer, byte for byte")
    func unary() async throws {
        let response = try await Self.ask(body: Self.echo)
        #expect(response.status == 200)
        #expect(Array(response.fields.map(\.name)) == ["content-type"])
        #expect(response.fields.first("content-type") == "application/cbor")
        #expect(response.body == Self.echo)
    }

    @Test("a safe method may be asked by GET")
    func get() async throws {
        let response = try await Self.ask(
            method: "GET", path: "/rpc/test.v1/Echo?m=oWR0ZXh0Ymhp", fields: [:])
        #expect(response.status == 200)
        #expect(response.body == Self.echo)
    }

    @Test("a stream, byte for byte: byte strings and the end map")
    func stream() async throws {
        // A byte string that holds {"upTo": 3, "fails": false}.
        let message: [UInt8] = [
            0xa2, 0x64, 0x75, 0x70, 0x54, 0x6f, 0x03, 0x65, 0x66, 0x61, 0x69, 0x6c, 0x73, 0xf4,
        ]
        let response = try await Self.ask(
            path: "/rpc/test.v1/Count", fields: ["content-type": "application/cbor-seq"],
            body: [0x4e] + message)
        #expect(response.status == 200)
        #expect(response.fields.first("content-type") == "application/cbor-seq")
        #expect(response.body == [0x41, 0x00, 0x41, 0x01, 0x41, 0x02, 0xa0])
    }

    @Test("the listener ends a call at the deadline it was told, and cancels its handler")
    func deadline() async throws {
        let state = TestState()
        let response = try await Self.ask(
            path: "/rpc/test.v1/Wait",
            fields: ["content-type": "application/cbor", "rpc-timeout-ms": "20"], body: [0xa0],
            state: state)
        #expect(response.status == 504)
        #expect(response.fields.first("rpc-code") == "deadline_exceeded")
        await state.ended.pass()
    }

    struct Refusal: CustomTestStringConvertible {
        var name: String
        var method = "POST"
        var path = "/rpc/test.v1/Echo"
        var fields: HTTP2Fields = ["content-type": "application/cbor"]
        var body = WireTests.echo
        var status: Int
        var code: String
        var testDescription: String { self.name }
    }

    @Test(
        "what is wrong with a call is answered with a coded error",
        arguments: [
            Refusal(
                name: "unknown method", path: "/rpc/test.v1/Nothing", status: 501,
                code: "unimplemented"),
            Refusal(
                name: "path with a query", path: "/rpc/test.v1/Echo?x", status: 501,
                code: "unimplemented"),
            Refusal(
                name: "content type", fields: ["content-type": "application/json"], status: 415,
                code: "invalid_argument"),
            Refusal(name: "no content type", fields: [:], status: 415, code: "invalid_argument"),
            Refusal(name: "PUT", method: "PUT", status: 405, code: "unimplemented"),
            Refusal(
                name: "GET of an unsafe method", method: "GET", path: "/rpc/test.v1/Fail?m=oA",
                status: 405, code: "unimplemented"),
            Refusal(
                name: "GET with malformed base64url", method: "GET",
                path: "/rpc/test.v1/Echo?m=o*", status: 400, code: "invalid_argument"),
            Refusal(name: "no item", body: [], status: 400, code: "invalid_argument"),
            Refusal(
                name: "two items", body: WireTests.echo + WireTests.echo, status: 400,
                code: "invalid_argument"),
            Refusal(name: "malformed CBOR", body: [0xff], status: 400, code: "invalid_argument"),
            Refusal(
                name: "too large", body: [UInt8](repeating: 0, count: 20_000), status: 413,
                code: "resource_exhausted"),
            Refusal(
                name: "unknown version",
                fields: ["content-type": "application/cbor", "rpc-version": "2"], status: 400,
                code: "unimplemented"),
            Refusal(
                name: "malformed timeout",
                fields: ["content-type": "application/cbor", "rpc-timeout-ms": "1s"], status: 400,
                code: "invalid_argument"),
            Refusal(
                name: "no time left",
                fields: ["content-type": "application/cbor", "rpc-timeout-ms": "0"], status: 504,
                code: "deadline_exceeded"),
            Refusal(
                name: "wrong token",
                fields: ["content-type": "application/cbor", "authorization": "Bearer a:b"],
                status: 401, code: "unauthenticated"),
            Refusal(
                name: "a stream's request that is not a byte string", path: "/rpc/test.v1/Count",
                fields: ["content-type": "application/cbor-seq"], body: [0xa0], status: 400,
                code: "invalid_argument"),
        ])
    func refusals(_ refusal: Refusal) async throws {
        let response = try await Self.ask(
            method: refusal.method, path: refusal.path, fields: refusal.fields, body: refusal.body)
        #expect(response.status == refusal.status)
        #expect(response.fields.first("rpc-code") == refusal.code)
        #expect(response.fields.first("content-type") == "application/cbor")
        let body = try CBORDecoder().decode(ErrorBody.self, from: response.body)
        #expect(body.code == refusal.code)
        #expect(!body.message.isEmpty)
        if refusal.status == 405 {
            #expect(response.fields.first("allow")?.contains("POST") == true)
        }
    }
}
