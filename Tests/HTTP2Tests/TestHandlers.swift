import HTTP2
import NIOCore
import Synchronization
import TestKit

/// Counts what is read from the socket.
final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0

    func read(context: ChannelHandlerContext) {
        self.count += 1
        context.read()
    }
}

/// Says whether its task was cancelled before it began.
final class CancellationProbe: HTTP2RequestHandler {
    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        let text = Task.isCancelled ? "cancelled" : "not cancelled"
        if request.path == "/wait" {
            await Gate().pass()
        } else {
            responder.send(EchoHandler.head, body: Array(text.utf8))
        }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// Fails in the ways its paths name.
struct FailingHandler: HTTP2RequestHandler {
    struct Failure: Error {}

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        switch request.path {
        case "/throw": throw Failure()
        case "/cut":
            try responder.start(status: 200, fields: [:])
            try await responder.write([1, 2, 3])
            throw Failure()
        case "/well": try responder.send(HTTP2Response(status: 204))
        default: break
        }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// Waits for its deadline, five seconds on.
struct DeadlineHandler: HTTP2RequestHandler {
    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        responder.expire(after: .seconds(5))
        await Gate().pass()
        try responder.send(HTTP2Response(status: responder.hasExpired ? 504 : 200))
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// Writes 500,000 bytes, then nothing until it is cancelled.
final class StreamingHandler: HTTP2RequestHandler {
    let written = Mutex(0)

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        guard request.path == "/echo" else {
            return try responder.send(HTTP2Response(status: 204))
        }
        try responder.start(
            status: 200, fields: [:],
            heartbeat: HTTP2Heartbeat(seconds: 5, bytes: Array("beat".utf8)))
        for _ in 0..<50 {
            try await responder.write([UInt8](repeating: 1, count: 10_000))
            self.written.withLock { $0 += 10_000 }
        }
        await Gate().pass()
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// Tries to split a response.
struct MalformedHandler: HTTP2RequestHandler {
    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        try responder.send(
            HTTP2Response(status: 200, fields: ["x": "a\r\nset-cookie: b"]))
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// Takes no notice of being cancelled.
final class StubbornHandler: HTTP2RequestHandler {
    /// Opened by the test only.
    let gate = Gate()
    let ended = Mutex(0)

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        await self.gate.pass(stubbornly: true)
        responder.send(EchoHandler.head, body: request.takeBody())
        _ = request.path
        self.ended.withLock { $0 += 1 }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}
