import CBOR
import HTTP2
import NIOCore
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// Streams and metadata on the wire, bytes included.
@Suite("Streams on the wire", .timeLimit(.minutes(1)))
struct StreamWireTests {
    static let sequence: HTTP2Fields = ["content-type": "application/cbor-seq"]

    static func withConnection(
        _ router: RPCRouter, limits: RPCCarrierLimits = RPCCarrierLimits(),
        _ body: (HTTP2ClientConnection) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: router, limits: limits,
            group: CarrierTests.group, logger: CarrierTests.logger)
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, group: CarrierTests.group)
        do {
            try await body(connection)
        } catch {
            connection.close()
            await listener.drain(grace: .zero)
            throw error
        }
        connection.close()
        await listener.drain(grace: .seconds(1))
    }

    static func request(
        _ method: String = "POST", _ path: String, _ fields: HTTP2Fields = Self.sequence,
        _ body: [UInt8] = []
    ) throws -> HTTP2ClientRequest {
        HTTP2ClientRequest(
            head: try HTTP2RequestHead(
                method: method, scheme: "http", authority: "test", path: path, fields: fields),
            body: body)
    }

    static func ask(
        _ method: String = "POST", _ path: String, _ fields: HTTP2Fields = Self.sequence,
        _ body: [UInt8] = [], limits: RPCCarrierLimits = RPCCarrierLimits()
    ) async throws -> HTTP2ClientResponse {
        let answer = Mutex<HTTP2ClientResponse?>(nil)
        try await self.withConnection(try WireService.router(), limits: limits) { connection in
            let response = try await connection.call(
                try Self.request(method, path, fields, body))
            answer.withLock { $0 = response }
        }
        return try #require(answer.withLock { $0 })
    }

    /// A byte string that holds `{"start": n}`.
    static func add(_ start: UInt8) -> [UInt8] {
        [0x48, 0xa1, 0x65, 0x73, 0x74, 0x61, 0x72, 0x74, start]
    }

    /// A byte string that holds `{"upTo": n}`.
    static func tick(_ upTo: UInt8) -> [UInt8] {
        [0x47, 0xa1, 0x64, 0x75, 0x70, 0x54, 0x6f, upTo]
    }

    /// `{"seal-bin": [h'00ff'], "total": [n]}`, whose keys are sorted by length first.
    static func trailing(_ total: UInt8) -> [UInt8] {
        [0x65] + Array("total".utf8) + [0x81, 0x61, total] + [0x68] + Array("seal-bin".utf8)
            + [0x81, 0x42, 0x00, 0xff]
    }

    @Test("a streamed request and its answer: messages and heartbeats in, one message and {} out")
    func clientStreaming() async throws {
        let body = Self.add(1) + [0x41, 0x02, 0xf6, 0xf6, 0x41, 0x03]
        let response = try await Self.ask("POST", "/rpc/wire.v1/Gather", Self.sequence, body)
        #expect(response.status == 200)
        #expect(response.fields.first("content-type") == "application/cbor-seq")
        #expect(response.body == [0x41, 0x06, 0xa0])
    }

    @Test("both streams of a conversation, byte for byte")
    func bidirectional() async throws {
        let body: [UInt8] = [0x41, 0xa0, 0x41, 0x02, 0xf6, 0x42, 0x18, 0x64]
        let response = try await Self.ask("POST", "/rpc/wire.v1/Talk", Self.sequence, body)
        #expect(response.status == 200)
        #expect(response.body == [0x41, 0x02, 0x42, 0x18, 0x64, 0xa0])
    }

    @Test("a request is read however it is cut, and answered as it is read")
    func cut() async throws {
        try await Self.withConnection(try WireService.router()) { connection in
            let upload = HTTP2Upload()
            async let opened = connection.open(
                try Self.request("POST", "/rpc/wire.v1/Talk"), upload: upload)
            for byte: UInt8 in [0x41, 0xa0, 0x42, 0x18] { #expect(await upload.write([byte])) }
            let stream = try await opened
            #expect(await upload.write([0x64]))
            var received: [UInt8] = []
            while received.count < 3, let piece = try await stream.next() { received += piece }
            #expect(received == [0x42, 0x18, 0x64])
            upload.finish()
            while let piece = try await stream.next() { received += piece }
            #expect(received == [0x42, 0x18, 0x64, 0xa0])
        }
    }

    @Test("metadata leads in the header and trails in the end map")
    func metadata() async throws {
        let response = try await Self.ask("POST", "/rpc/wire.v1/Tick", Self.sequence, Self.tick(1))
        #expect(response.fields.first("unit") == "s")
        #expect(response.body == [0x41, 0x00, 0xa1, 0x61, 0x74, 0xa2] + Self.trailing(0x31))
    }

    @Test("an error after the first message: code, message, metadata and pushback in the end map")
    func failure() async throws {
        let response = try await Self.ask("POST", "/rpc/wire.v1/Tick", Self.sequence, Self.tick(7))
        let messages = (0..<7).flatMap { [0x41, $0] as [UInt8] }
        let code: [UInt8] = [0x61, 0x63, 0x69] + Array("data_loss".utf8)
        let message: [UInt8] = [0x61, 0x6d, 0x64] + Array("gone".utf8)
        let pushback: [UInt8] =
            [0x75] + Array("rpc-retry-pushback-ms".utf8) + [0x81, 0x61, 0x35]
        #expect(
            response.body == messages + [0xa3] + code + message + [0x61, 0x74, 0xa3]
                + Self.trailing(0x37) + pushback)
    }

    @Test("while there is nothing to say, null is said")
    func heartbeat() async throws {
        var limits = RPCCarrierLimits()
        limits.heartbeatSeconds = 1
        let gate = Gate()
        try await Self.withConnection(try WireService.router(gate), limits: limits) { connection in
            let stream = try await connection.open(
                try Self.request("POST", "/rpc/wire.v1/Tick", Self.sequence, Self.tick(0x20)))
            #expect(try await stream.next() == [0xf6])
            gate.open()
            var rest: [UInt8] = []
            while let piece = try await stream.next() { rest += piece }
            #expect(
                rest.drop { $0 == 0xf6 } == ([0xa1, 0x61, 0x74, 0xa2] + Self.trailing(0x30))[...])
        }
    }

    @Test(
        "metadata of a unary call goes through headers, base64 padded or not",
        arguments: ["AP8", "AP8="])
    func unaryMetadata(sealed: String) async throws {
        let response = try await Self.ask(
            "POST", "/rpc/wire.v1/Say",
            [
                "content-type": "application/cbor", "tenant": "blue", "seal-bin": sealed,
                "user-agent": "test", "rpc-unknown": "x",
            ], WireTests.echo)
        #expect(response.status == 200)
        #expect(response.fields.first("tenant") == "blue")
        #expect(response.fields.first("seal-bin") == "AP8")
        #expect(response.fields.first("user-agent") == nil)
        #expect(response.fields.first("rpc-unknown") == nil)
        #expect(response.body == WireTests.echo)
    }

    @Test(
        "metadata that may not be sent is refused",
        arguments: [
            ("seal-bin", "A*", 400, "invalid_argument"), ("seal-bin", "A", 400, "invalid_argument"),
            ("seal-bin", "AP8==", 400, "invalid_argument"),
            ("tenant", "blau\u{e9}", 400, "invalid_argument"),
            ("tenant", String(repeating: "x", count: 8190), 429, "resource_exhausted"),
        ])
    func refusedMetadata(name: String, value: String, status: Int, code: String) async throws {
        let response = try await Self.ask(
            "POST", "/rpc/wire.v1/Say", ["content-type": "application/cbor", name: value],
            WireTests.echo)
        #expect(response.status == status)
        #expect(response.fields.first("rpc-code") == code)
    }

    @Test(
        "what is no streamed request is refused before an answer begins",
        arguments: [
            ("nothing", []), ("only heartbeats", [0xf6, 0xf6]),
            ("a message without its string", [0xa0]),
            ("an end map", add(1) + [0x41, 0x02, 0xa0]), ("a number", add(1) + [0x02]),
            ("an indefinite string", add(1) + [0x5f, 0x41, 0x02, 0xff]),
            ("a string cut short", add(1) + [0x42, 0x02]),
            ("an element that cannot be read", add(1) + [0x41, 0xf4]),
            ("two items in an element", add(1) + [0x42, 0x01, 0x02]),
        ] as [(String, [UInt8])])
    func refusals(name: String, body: [UInt8]) async throws {
        let response = try await Self.ask("POST", "/rpc/wire.v1/Gather", Self.sequence, body)
        #expect(response.status == 400)
        #expect(response.fields.first("rpc-code") == "invalid_argument")
        #expect(response.fields.first("content-type") == "application/cbor")
    }

    @Test("an element over its limit is refused by its declared length")
    func tooLarge() async throws {
        let body = Self.add(1) + [0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        let response = try await Self.ask("POST", "/rpc/wire.v1/Gather", Self.sequence, body)
        #expect(response.fields.first("rpc-code") == "resource_exhausted")
    }

    @Test("a call that is answered early is ended, and the rest of it asked not to be sent")
    func earlyAnswer() async throws {
        let folder = try TemporaryFolder()
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("s")), router: try WireService.router(),
            group: CarrierTests.group, logger: CarrierTests.logger)
        let tap = try await FrameTap.start(at: folder.file("t"), to: folder.file("s"))
        let peer = RPCPeer([tap.address], group: CarrierTests.group)
        let client = RPCClient(WireService.self, carry: peer.carry)
        let next = Mutex(0)
        let endless = AsyncStream<Int> {
            await Task.yield()
            return Task.isCancelled
                ? nil
                : next.withLock {
                    $0 += 1; return $0
                }
        }
        #expect(try await client.send(Gather(start: -1), elements: endless) == -1)
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
        try await tap.stop()
        let answer = tap.frames.filter { !$0.isFromClient && $0.stream == 1 }
        let end = try #require(answer.firstIndex { $0.type == 0 && $0.flags & 1 == 1 })
        #expect(answer[end].payload == [0x41, 0x20, 0xa0])
        #expect(answer[(end + 1)...].compactMap(\.resetCode) == [0])
        #expect(tap.frames.allSatisfy { !$0.isFromClient || $0.resetCode == nil })
    }
}
