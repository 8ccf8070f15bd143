import AttackBench
import HTTP2
import NIOCore
import Synchronization
import TestKit
import Testing

/// What is told exactly of an attack only where the test moves the clock, and cuts the reads.
@Suite("attacks on a connection whose clock stands")
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
