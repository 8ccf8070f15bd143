import HTTP2
import NIOCore
import NIOHTTP1

extension HTTP1Connection {
    /// Answers a request and sends everything of a stream; runs on the connection's loop.
    static func answer(
        _ request: EdgeRequest, by edge: PublicEdge, on bound: NIOLoopBound<HTTP1Connection>
    ) async {
        let answer = await edge.answer(request)
        bound.value.letGoOfBody()
        switch answer.body {
        case .whole:
            bound.value.write(answer, isLast: false)
            bound.value.finish()
        case .pulled(let body):
            await Self.stream(body, of: answer, on: bound)
        }
    }

    private static func stream(
        _ body: PulledBody, of answer: EdgeAnswer, on bound: NIOLoopBound<HTTP1Connection>
    ) async {
        bound.value.heartbeat = body.heartbeat
        bound.value.write(answer, isLast: false)
        bound.value.enter(.streaming)
        do {
            while let piece = try await body.next(bound.value.edge.drain) {
                try await bound.value.writeStreamed(piece)
            }
            bound.value.endStream()
        } catch {
            // Without the last chunk the client sees that the stream broke off.
            bound.value.context?.close(promise: nil)
        }
    }

    /// Writes a head, and the body if it is a whole one.
    func write(_ answer: EdgeAnswer, isLast: Bool) {
        guard let context = self.context else { return }
        let version = self.current?.version ?? .http1_1
        let isKeptAlive = (self.current?.isKeptAlive ?? false) && !isLast && !self.isDraining
        if !isKeptAlive { self.current?.isKeptAlive = false }
        var headers = HTTPHeaders()
        headers.reserveCapacity(answer.fields.count + 1)
        for (name, value) in answer.fields { headers.add(name: name, value: value) }
        if !isKeptAlive {
            headers.add(name: "connection", value: "close")
        } else if version == .http1_0 {
            headers.add(name: "connection", value: "keep-alive")
        }
        var head = HTTPResponseHead(
            version: version, status: HTTPResponseStatus(statusCode: answer.status),
            headers: headers)
        guard case .whole(let bytes) = answer.body else {
            if version == .http1_0 { head.headers.replaceOrAdd(name: "connection", value: "close") }
            return context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
        }
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if !bytes.isEmpty { self.writeBody(bytes, context) }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Writes a body in pieces, so that it shows whether the peer takes them.
    private func writeBody(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(bytes: bytes)
        while buffer.readableBytes > FixedPublicLimits.pieceBytesMax,
            let piece = buffer.readSlice(length: FixedPublicLimits.pieceBytesMax)
        {
            let sent = context.eventLoop.makePromise(of: Void.self)
            sent.futureResult.assumeIsolated().whenSuccess {
                self.timing.progressed(now: .now())
            }
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(piece))), promise: sent)
        }
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }

    /// Writes a piece of a stream.
    func writePiece(_ bytes: [UInt8]) {
        guard let context = self.context else { return }
        self.timing.wrote(now: .now())
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.writeAndFlush(Self.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }

    /// Writes a piece of a stream and returns when the socket takes more.
    ///
    /// - Throws: `CancellationError` when the connection is gone.
    private func writeStreamed(_ bytes: [UInt8]) async throws {
        guard self.context != nil else { throw CancellationError() }
        self.writePiece(bytes)
        guard let context = self.context, !context.channel.isWritable else { return }
        try await withCheckedThrowingContinuation { self.writer = $0 }
    }

    private func endStream() {
        guard let context = self.context else { return }
        if self.current?.version == .http1_0 { self.current?.isKeptAlive = false }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        self.finish()
    }
}

/// Tells a connection of the bytes that are on their way to its parser.
final class HTTP1ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTP1Connection

    init(_ connection: HTTP1Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.connection.bytesArrived(Self.unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }
}

extension HTTP1Connection {
    /// Puts the connection at the end of a channel's pipeline, with the parser before it.
    static func configure(
        _ channel: any Channel, edge: PublicEdge, origin: RequestOrigin, bodies: HTTP2BodyBudget
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        // Looser than what is allowed, so that most offenders get a precise answer.
        limits.maxHeaderFieldSize = edge.limits.headerBytesMax * 4
        limits.maxHeaderListSize = edge.limits.headerBytesMax * 4
        limits.maxHeaderFieldCount = edge.limits.headerFieldsMax * 2
        let connection = HTTP1Connection(
            edge: edge, origin: origin, bodies: bodies, loop: channel.eventLoop)
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ByteWatch(connection))
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(connection)
    }
}
