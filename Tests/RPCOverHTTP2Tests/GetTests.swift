import CBOR
import HTTP2
import RPC
import RPCOverHTTP2
import TestKit
import Testing

/// Safe methods asked by GET.
@Suite("Safe GETs", .timeLimit(.minutes(1)))
struct GetTests {
    /// `/rpc/wire.v1/Say?m=` and `{"text": "hi"}`.
    static let path = "/rpc/wire.v1/Say?m=oWR0ZXh0Ymhp"

    static func get(_ path: String, _ fields: HTTP2Fields = [:]) async throws -> HTTP2ClientResponse
    {
        try await StreamWireTests.ask("GET", path, fields)
    }

    @Test("an answer has a strong tag, and says who may keep it and how")
    func answer() async throws {
        let response = try await Self.get(Self.path)
        #expect(response.status == 200)
        #expect(response.body == WireTests.echo)
        #expect(response.fields.first("content-type") == "application/cbor")
        #expect(response.fields.first("etag") == "\"kunp4kqkY-9IWD1kav5YJw\"")
        #expect(response.fields.first("cache-control") == "private, no-cache")
        #expect(response.fields.first("vary") == "authorization")
    }

    @Test("whoever has the answer is told so, in whatever form the tag comes")
    func notModified() async throws {
        let tag = try #require(try await Self.get(Self.path).fields.first("etag"))
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "\"x\" , W/\(tag)", "*"] {
            let response = try await Self.get(Self.path, ["if-none-match": known])
            #expect(response.status == 304, "\(known)")
            #expect(response.body.isEmpty)
            #expect(response.fields.first("etag") == tag)
            #expect(response.fields.first("content-type") == nil)
        }
        for other in ["\"x\"", "", tag.replacing("\"", with: "")] {
            #expect(try await Self.get(Self.path, ["if-none-match": other]).status == 200)
        }
    }

    @Test(
        "a message has one form only",
        arguments: [
            ("no message", ""), ("another name", "?x=oWR0ZXh0Ymhp"),
            ("padding", "?m=oWR0ZXh0Ymhp="),
            ("a second parameter", "?m=oWR0ZXh0Ymhp&n=1"), ("the standard alphabet", "?m=+/"),
            // {_ "text": "hi"}, {"text": "hi"} with a length of two bytes, a trailing byte, nothing.
            ("an indefinite length", "?m=v2R0ZXh0Ymhp_w"), ("a longer head", "?m=oWR0ZXh0eAJoaQ"),
            ("trailing bytes", "?m=oWR0ZXh0YmhpAA"), ("no item", "?m="),
        ])
    func refusals(name: String, query: String) async throws {
        let response = try await Self.get("/rpc/wire.v1/Say\(query)")
        #expect(response.status == 400)
        #expect(response.fields.first("rpc-code") == "invalid_argument")
    }

    @Test("a message that is too long for a path is refused")
    func tooLong() async throws {
        let many = [UInt8](repeating: 0x41, count: 4100)
        let response = try await Self.get(
            "/rpc/wire.v1/Say?m=" + String(decoding: many, as: UTF8.self))
        #expect(response.fields.first("rpc-code") == "resource_exhausted")
    }

    @Test("a method that is not safe, or not unary, is not for GET")
    func notSafe() async throws {
        for name in ["Tick", "Gather", "Talk"] {
            let response = try await Self.get("/rpc/wire.v1/\(name)?m=oA")
            #expect(response.status == 405)
            #expect(response.fields.first("allow") == "POST")
        }
    }

    @Test("a client sends safe calls as GETs when it is told to, and long ones as ever")
    func client() async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: try WireService.router(),
            group: CarrierTests.group, logger: CarrierTests.logger)
        let tap = try await FrameTap.start(at: folder.file("t"), to: folder.file("s"))
        let peer = RPCPeer([tap.address], group: CarrierTests.group)
        var options = RPCClientOptions()
        options.sendsSafeAsGET = true
        let client = RPCClient(WireService.self, carry: peer.carry, options: options)
        let short = try await client.exchange(Say(text: "hi"), metadata: ["tenant": "blue"])
        #expect(short.message.text == "hi")
        #expect(short.metadata == ["tenant": "blue"])
        let long = String(repeating: "x", count: 5000)
        #expect(try await client.send(Say(text: long)).text == long)
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
        try await tap.stop()
        let sent = tap.frames.filter { $0.isFromClient && $0.type == 0 }.map(\.stream)
        #expect(Set(sent) == [3], "only the second call has a body")
    }
}
