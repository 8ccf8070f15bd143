import CNghttp2
import HTTP2
import NIOCore
import NIOEmbedded

/// Frames as bytes, so that tests can send what no library would.
enum Raw {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    enum Kind: UInt8 {
        case data = 0
        case headers = 1
        case priority = 2
        case resetStream = 3
        case settings = 4
        case ping = 6
        case goAway = 7
        case windowUpdate = 8
        case continuation = 9
    }

    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4
    static let acknowledgement: UInt8 = 1

    static func frame(
        _ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        let count = UInt32(payload.count)
        return [UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
            + [kind.rawValue, flags] + self.number(stream) + payload
    }

    static func number(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// The preface, SETTINGS and the acknowledgement of the server's.
    static let hello =
        preface + frame(.settings) + frame(.settings, flags: acknowledgement)

    /// A field as a literal that enters no table (RFC 7541 section 6.2.2), without Huffman coding.
    static func field(_ name: String, _ value: String) -> [UInt8] {
        [0x00] + self.text(name) + self.text(value)
    }

    /// A field that enters the dynamic table.
    static func indexedField(_ name: String, _ value: String) -> [UInt8] {
        [0x40] + self.text(name) + self.text(value)
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        if bytes.count < 127 { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }

    static func requestFields(
        method: String = "POST", path: String = "/echo", _ more: [UInt8] = []
    ) -> [UInt8] {
        self.field(":method", method) + self.field(":scheme", "http")
            + self.field(":authority", "test") + self.field(":path", path) + more
    }

    static func headers(
        _ stream: UInt32, end: Bool = false, _ fields: [UInt8] = Raw.requestFields()
    ) -> [UInt8] {
        self.frame(
            .headers, flags: self.endHeaders | (end ? self.endStream : 0), stream: stream, fields)
    }

    static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false) -> [UInt8] {
        self.frame(.data, flags: end ? self.endStream : 0, stream: stream, bytes)
    }

    static func request(_ stream: UInt32, _ body: [UInt8]) -> [UInt8] {
        self.headers(stream) + self.data(stream, body, end: true)
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> [UInt8] {
        self.frame(.resetStream, stream: stream, self.number(code))
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> [UInt8] {
        self.frame(.windowUpdate, stream: stream, self.number(increment))
    }
}

/// A frame that came back.
struct ReceivedFrame {
    var kind: UInt8
    var flags: UInt8
    var stream: UInt32
    var payload: [UInt8]

    /// The error code of RST_STREAM and GOAWAY.
    var code: UInt32 {
        let bytes =
            self.kind == Raw.Kind.goAway.rawValue ? self.payload[4..<8] : self.payload[0..<4]
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// A server connection on an embedded channel, whose clock stands until the test moves it.
final class EmbeddedServer {
    let channel: EmbeddedChannel
    let connection: HTTP2ServerConnection
    private var inflater: OpaquePointer?
    private var unparsed: [UInt8] = []
    private(set) var frames: [ReceivedFrame] = []
    /// Response fields by stream.
    private(set) var responses: [UInt32: [String: String]] = [:]
    /// Body bytes by stream.
    private(set) var bodies: [UInt32: [UInt8]] = [:]

    init(
        _ handler: any HTTP2RequestHandler = EchoHandler(), limits: HTTP2Limits = .publicEdge,
        greets: Bool = true
    ) throws {
        self.channel = EmbeddedChannel()
        self.connection = try HTTP2ServerConnection(
            on: self.channel.eventLoop, configuration: HTTP2ServerConfiguration(limits: limits)
        ) { _ in handler }
        try self.channel.pipeline.syncOperations.addHandler(self.connection)
        try self.channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        nghttp2_hd_inflate_new(&self.inflater)
        if greets { try self.send(Raw.hello) }
    }

    deinit {
        nghttp2_hd_inflate_del(self.inflater)
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    var isClosed: Bool { !self.channel.isActive }

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
            self.unparsed.append(contentsOf: buffer.readableBytesView)
        }
        while self.unparsed.count >= 9 {
            let length =
                Int(self.unparsed[0]) << 16 | Int(self.unparsed[1]) << 8
                | Int(self.unparsed[2])
            guard self.unparsed.count >= 9 + length else { break }
            let frame = ReceivedFrame(
                kind: self.unparsed[3], flags: self.unparsed[4],
                stream: self.unparsed[5..<9].reduce(0) { $0 << 8 | UInt32($1) },
                payload: Array(self.unparsed[9..<9 + length]))
            self.unparsed.removeFirst(9 + length)
            self.frames.append(frame)
            if frame.kind == Raw.Kind.headers.rawValue { self.inflate(frame) }
            if frame.kind == Raw.Kind.data.rawValue {
                self.bodies[frame.stream, default: []] += frame.payload
            }
        }
    }

    private func inflate(_ frame: ReceivedFrame) {
        var payload = frame.payload
        payload.withUnsafeMutableBufferPointer { bytes in
            var start = bytes.baseAddress
            var left = bytes.count
            while true {
                var entry = nghttp2_nv()
                var flags: Int32 = 0
                let used = nghttp2_hd_inflate_hd2(self.inflater, &entry, &flags, start, left, 1)
                guard used >= 0 else { return }
                start = start.map { $0 + used }
                left -= used
                if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                    let name = UnsafeBufferPointer(start: entry.name, count: entry.namelen)
                    let value = UnsafeBufferPointer(start: entry.value, count: entry.valuelen)
                    self.responses[frame.stream, default: [:]][
                        String(decoding: name, as: UTF8.self)] = String(
                            decoding: value, as: UTF8.self)
                }
                if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { break }
            }
        }
        nghttp2_hd_inflate_end_headers(self.inflater)
    }

    func frames(_ kind: Raw.Kind) -> [ReceivedFrame] {
        self.frames.filter { $0.kind == kind.rawValue }
    }

    /// The code of the last GOAWAY, or `nil`.
    var goAway: UInt32? { self.frames(.goAway).last?.code }

    func status(_ stream: UInt32) -> String? { self.responses[stream]?[":status"] }
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
    static let settingsTimeout: UInt32 = 4
    static let refusedStream: UInt32 = 7
    static let cancel: UInt32 = 8
    static let enhanceYourCalm: UInt32 = 11
}
