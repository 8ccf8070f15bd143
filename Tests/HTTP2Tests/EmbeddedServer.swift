import AttackBench
import HTTP2
import NIOCore
import NIOEmbedded
import Synchronization

/// A server connection on an embedded channel, whose clock stands until the test moves it.
final class EmbeddedServer {
    let channel: EmbeddedChannel
    let connection: HTTP2ServerConnection
    private let reader = FrameReader()
    /// Why the server ended the connection, once it has.
    let termination = Termination()

    init(
        _ handler: any HTTP2RequestHandler = EchoHandler(), limits: HTTP2Limits = .publicEdge,
        greets: Bool = true, on loop: EmbeddedEventLoop = EmbeddedEventLoop()
    ) throws {
        self.channel = EmbeddedChannel(loop: loop)
        let configuration = HTTP2ServerConfiguration(limits: limits) {
            [termination] _, reason in termination.note(reason)
        }
        self.connection = try HTTP2ServerConnection(
            on: self.channel.eventLoop, configuration: configuration
        ) { _ in handler }
        try self.channel.pipeline.syncOperations.addHandler(self.connection)
        try self.channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        if greets { try self.send(Raw.hello) }
    }

    deinit {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    var isClosed: Bool { !self.channel.isActive }
    var frames: [ReceivedFrame] { self.reader.frames }
    var responses: [UInt32: [String: String]] { self.reader.responses }
    var bodies: [UInt32: [UInt8]] { self.reader.bodies }
    var goAway: UInt32? { self.reader.goAway }

    /// Sends bytes in pieces, and takes apart what comes back.
    func send(_ bytes: [UInt8], inPiecesOf size: Int = 16 * 1024) throws {
        var rest = bytes[...]
        while !rest.isEmpty, !self.isClosed {
            try self.channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        self.channel.embeddedEventLoop.run()
        try self.receive()
    }

    func advance(seconds: Int) throws {
        for _ in 0..<seconds {
            self.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try self.receive()
        }
    }

    func receive() throws {
        while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) {
            self.reader.take(buffer.readableBytesView)
        }
    }

    func frames(_ kind: Raw.Kind) -> [ReceivedFrame] { self.reader.frames(kind) }

    func status(_ stream: UInt32) -> String? { self.reader.status(stream) }
}

/// Why a server ended a connection, as it reports it.
final class Termination: Sendable {
    private let reasons = Mutex<[String]>([])

    var all: [String] { self.reasons.withLock { $0 } }
    var reason: String? { self.reasons.withLock { $0.last } }

    func note(_ reason: String) { self.reasons.withLock { $0.append(reason) } }
}

/// Answers with the body of the request.
struct EchoHandler: HTTP2RequestHandler {
    static let head = HTTP2HeaderBlock(
        status: 200, fields: ["content-type": "application/octet-stream"])

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        responder.send(Self.head, body: request.takeBody())
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response {
        HTTP2Response(status: reason.status, fields: ["x-reason": "\(reason)"])
    }
}

/// The error codes of RFC 9113 section 7 that tests name.
enum Code {
    static let noError: UInt32 = 0
    static let protocolError: UInt32 = 1
    static let internalError: UInt32 = 2
    static let flowControlError: UInt32 = 3
    static let settingsTimeout: UInt32 = 4
    static let streamClosed: UInt32 = 5
    static let frameSizeError: UInt32 = 6
    static let refusedStream: UInt32 = 7
    static let cancel: UInt32 = 8
    static let compressionError: UInt32 = 9
    static let enhanceYourCalm: UInt32 = 11
}
