import AttackBench
import HTTP2
import NIOCore
import Synchronization
import TestKit
import Testing

/// What hostile peers do, frame by frame, and what it gets them.
@Suite("attacks")
struct AttackTests {
    @Test("rapid reset ends the connection, and no reset request runs (CVE-2023-44487)")
    func rapidReset() throws {
        let handler = CountingHandler()
        let server = try EmbeddedServer(handler)
        var bytes: [UInt8] = []
        for index in 0..<400 {
            let stream = UInt32(index * 2 + 1)
            bytes += Raw.headers(stream, end: true) + Raw.reset(stream)
        }
        try server.send(bytes)
        #expect(server.goAway == Code.internalError)
        #expect(server.isClosed)
        #expect(handler.count.withLock { $0 } == 0)
    }

    @Test("a flood of CONTINUATION frames ends the connection (CVE-2024-28182)")
    func continuationFlood() throws {
        let server = try EmbeddedServer()
        try server.send(Raw.frame(.headers, stream: 1, Raw.requestFields()))
        for _ in 0..<9 where !server.isClosed {
            try server.send(Raw.frame(.continuation, stream: 1, Raw.field("x", "y")))
        }
        #expect(server.goAway == Code.enhanceYourCalm)
        #expect(server.isClosed)
    }

    @Test("eight CONTINUATION frames are an ordinary header block, byte by byte too")
    func continuations() throws {
        let server = try EmbeddedServer()
        var bytes = Raw.frame(.headers, flags: Raw.endStream, stream: 1, Raw.requestFields())
        for index in 0..<8 {
            bytes += Raw.frame(
                .continuation, flags: index == 7 ? Raw.endHeaders : 0, stream: 1,
                Raw.field("x", "y"))
        }
        try server.send(bytes, inPiecesOf: 1)
        #expect(server.status(1) == "200")
    }

    @Test("a header list that grows by references ends the connection early (HPACK bomb)")
    func compressionBomb() throws {
        let server = try EmbeddedServer()
        let large = String(repeating: "a", count: 3000)
        let block =
            Raw.requestFields(Raw.indexedField("x", large)) + [UInt8](repeating: 0xbe, count: 8000)
        try server.send(Raw.headers(1, end: true, block))
        #expect(server.goAway == Code.enhanceYourCalm)
        #expect(server.isClosed)
    }

    @Test(
        "floods of frames that cost the peer nothing end the connection",
        arguments: [
            ("PING", Raw.frame(.ping, [UInt8](repeating: 7, count: 8)), 100),
            ("SETTINGS", Raw.frame(.settings), 100),
            ("PRIORITY", Raw.frame(.priority, stream: 1, [0, 0, 0, 3, 9]), 1000),
            ("WINDOW_UPDATE", Raw.windowUpdate(0, 1), 3000),
        ])
    func flood(name: String, frame: [UInt8], count: Int) throws {
        let server = try EmbeddedServer()
        for _ in 0..<count where !server.isClosed { try server.send(frame) }
        #expect(server.goAway == Code.enhanceYourCalm, "\(name)")
        #expect(server.isClosed)
    }

    @Test("a flood of empty DATA frames ends the connection (CVE-2019-9518)")
    func emptyData() throws {
        let server = try EmbeddedServer()
        try server.send(Raw.headers(1))
        for _ in 0..<1000 where !server.isClosed { try server.send(Raw.data(1, [])) }
        #expect(server.goAway == Code.enhanceYourCalm)
    }

    @Test("a PING now and then is answered for ever")
    func occasionalPings() throws {
        let server = try EmbeddedServer()
        for _ in 0..<100 {
            try server.advance(seconds: 2)
            try server.send(Raw.frame(.ping, [UInt8](repeating: 7, count: 8)))
            try server.send(Raw.request(UInt32(server.responses.count * 2 + 1), [1]))
        }
        #expect(!server.isClosed)
        #expect(server.responses.count == 100)
    }

    @Test("streams that are made to be reset end the connection (CVE-2025-8671)")
    func madeYouReset() throws {
        let server = try EmbeddedServer(NeverHandler())
        for index in 0..<100 where !server.isClosed {
            let stream = UInt32(index * 2 + 1)
            try server.send(
                Raw.headers(stream, end: true) + Raw.windowUpdate(stream, 0x7fff_ffff))
        }
        #expect(server.goAway == Code.enhanceYourCalm)
        #expect(server.frames(.resetStream).count < 30)
    }

    @Test("a stream id that was passed over may not be used (RFC 9113 section 5.1.1)")
    func skippedStream() throws {
        let server = try EmbeddedServer()
        try server.send(Raw.headers(5, end: true) + Raw.headers(3, end: true))
        #expect(server.goAway == Code.protocolError)
    }

    @Test("a body over the limit is answered with 413 and the rest of it is dropped")
    func oversizedBody() throws {
        var limits = HTTP2Limits.publicEdge
        limits.bodyBytesMax = 20_000
        let server = try EmbeddedServer(limits: limits)
        let piece = [UInt8](repeating: 1, count: 16_000)
        try server.send(Raw.headers(1) + Raw.data(1, piece) + Raw.data(1, piece))
        #expect(server.status(1) == "413")
        #expect(server.frames(.resetStream).map(\.code) == [Code.noError])
        try server.send(Raw.data(1, piece) + Raw.request(3, [1, 2, 3]))
        #expect(server.status(3) == "200")
        #expect(server.bodies[3] == [1, 2, 3])
    }

    @Test("a body that is announced as too large is refused before it comes")
    func announcedBody() throws {
        let server = try EmbeddedServer()
        let fields = Raw.requestFields(Raw.field("content-length", "99999999999999999999"))
        try server.send(Raw.headers(1, fields))
        #expect(server.status(1) == "413" || server.frames(.resetStream).count == 1)
        try server.send(
            Raw.headers(3, Raw.requestFields(Raw.field("content-length", "1048577"))))
        #expect(server.status(3) == "413")
    }

    @Test("a header list over the limit is answered with 431")
    func headerList() throws {
        let server = try EmbeddedServer()
        let value = String(repeating: "v", count: 6000)
        let fields = Raw.requestFields(
            Raw.field("a", value) + Raw.field("b", value) + Raw.field("c", value))
        let half = fields.count / 2
        try server.send(
            Raw.frame(.headers, flags: Raw.endStream, stream: 1, Array(fields[..<half]))
                + Raw.frame(
                    .continuation, flags: Raw.endHeaders, stream: 1, Array(fields[half...])))
        #expect(server.status(1) == "431")
        var many = Raw.requestFields()
        for _ in 0..<120 { many += Raw.field("n", "") }
        try server.send(Raw.headers(3, end: true, many))
        #expect(server.status(3) == "431")
        #expect(!server.isClosed)
    }

    @Test(
        "an authority that is not the host, or names a user, is answered with 400",
        arguments: [("a", "b"), ("user@a", nil), ("a", "u@a")] as [(String, String?)])
    func authority(authority: String, host: String?) throws {
        let server = try EmbeddedServer()
        var fields =
            Raw.field(":method", "GET") + Raw.field(":scheme", "http")
            + Raw.field(":authority", authority) + Raw.field(":path", "/")
        if let host { fields += Raw.field("host", host) }
        try server.send(Raw.headers(1, end: true, fields))
        #expect(server.status(1) == "400")
    }

    @Test(
        "what never comes to a request is cut off in time",
        arguments: [
            ("nothing", [], 6), ("half a preface", Array(Raw.preface.prefix(10)), 6),
            ("no acknowledgement", Raw.preface + Raw.frame(.settings), 12),
            ("half a header block", Raw.hello + Raw.frame(.headers, stream: 1, [0x82]), 12),
        ] as [(String, [UInt8], Int)])
    func slowStart(name: String, bytes: [UInt8], seconds: Int) throws {
        let server = try EmbeddedServer(greets: false)
        try server.send(bytes)
        try server.advance(seconds: seconds - 3)
        #expect(!server.isClosed, "\(name)")
        try server.advance(seconds: 3)
        #expect(server.isClosed, "\(name)")
    }

    @Test("what is no HTTP/2 at all is cut off at once")
    func wrongPreface() throws {
        let server = try EmbeddedServer(greets: false)
        try server.send(Array("GET / HTTP/1.1\r\nhost: a\r\n\r\n".utf8))
        #expect(server.isClosed)
    }

    @Test("a body that dribbles is answered with 408")
    func slowBody() throws {
        let server = try EmbeddedServer()
        try server.send(Raw.headers(1))
        for _ in 0..<15 {
            try server.advance(seconds: 1)
            try server.send(Raw.data(1, [1]))
        }
        #expect(server.status(1) == "408")
    }
}

/// Counts the requests it answers.
final class CountingHandler: HTTP2RequestHandler {
    let count = Mutex(0)

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        self.count.withLock { $0 += 1 }
        responder.send(EchoHandler.head, body: request.takeBody())
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// Answers nothing until it is cancelled, and counts how many run.
final class NeverHandler: HTTP2RequestHandler {
    let running = Mutex(0)

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        self.running.withLock { $0 += 1 }
        defer { self.running.withLock { $0 -= 1 } }
        await Gate().pass()
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}
