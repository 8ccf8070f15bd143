import HTTP2
import JSONAPI
import NIOCore
import NIOHTTP1

/// The server's end of an HTTP/1.1 connection: one request at a time, in order.
///
/// Parts of later requests wait here, and nothing more is read from the socket, until the answer
/// before them is sent. After a request that was refused before its end, nothing further is
/// believed: the answer says `connection: close`, and what still comes is thrown away.
final class HTTP1Connection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    /// What is known of the request that is being received or answered.
    struct Current {
        var head: HTTP1Checks.Head
        var version: HTTPVersion
        var isKeptAlive: Bool
        var bodyBytesMax: Int
        var body: [UInt8] = []
    }

    let edge: PublicEdge
    let origin: RequestOrigin
    let executor: LoopExecutor
    var context: ChannelHandlerContext?
    var timing: HTTP1Timing
    var current: Current?
    var handler: Task<Void, Never>?
    var writer: CheckedContinuation<Void, any Error>?
    /// What keeps a silent stream open, where its format has such a thing.
    var heartbeat: [UInt8]?
    var isDraining = false
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isReadHeld = false
    private var timer: Scheduled<Void>?
    private var bodyShare: BodyShare

    init(
        edge: PublicEdge, origin: RequestOrigin, bodies: HTTP2BodyBudget, loop: any EventLoop
    ) {
        self.edge = edge
        self.bodyShare = BodyShare(of: bodies)
        self.origin = origin
        self.executor = LoopExecutor.on(loop)
        self.timing = HTTP1Timing(limits: edge.limits, now: .now())
    }

    /// Whether the next part of a request may be looked at.
    ///
    /// Between requests it may not while the peer does not take its answers: else a peer could ask
    /// for any number of them and read none.
    private var isReceiving: Bool {
        switch self.timing.phase {
        case .idle: self.context?.channel.isWritable ?? false
        case .head, .body: true
        case .handling, .streaming, .finishing, .lingering: false
        }
    }

    /// Whether what still comes is thrown away.
    private var isEnding: Bool {
        self.timing.phase == .finishing || self.timing.phase == .lingering
    }

    // MARK: The channel's life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.armTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.end() }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    private func end() {
        self.context = nil
        self.timer?.cancel()
        self.handler?.cancel()
        if self.handler == nil { self.letGoOfBody() }
        self.waiting.removeAll()
        self.writer?.resume(throwing: CancellationError())
        self.writer = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            self.isDraining = true
            if self.timing.phase == .idle { self.endOutput { context.close(promise: nil) } }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Requests in

    /// Bytes have arrived that the parser will see next.
    func bytesArrived(_ count: Int) {
        let phase = self.timing.phase
        self.timing.received(count, now: .now())
        if self.timing.phase != phase { self.armTimer() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        if self.isReceiving, self.waiting.isEmpty {
            self.take(part)
        } else if !self.isEnding {
            self.waiting.append(part)
        }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): self.begin(head)
        case .body(let bytes): self.append(bytes)
        case .end: self.handle()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        let checked: HTTP1Checks.Head
        do {
            checked = try HTTP1Checks.check(head, limits: self.edge.limits)
        } catch {
            return self.refuse(error)
        }
        let bytesMax = self.edge.bodyBytesMax(
            method: checked.method, path: EdgeRequest.parts(of: checked.target).path)
        guard checked.contentLength ?? 0 <= bytesMax else {
            return self.refuse(Refusal.bodyTooLarge(bytesMax), fields: checked.fields)
        }
        self.current = Current(
            head: checked, version: head.version, isKeptAlive: head.isKeepAlive,
            bodyBytesMax: bytesMax)
        self.enter(.body)
        if checked.expectsContinue {
            let go = HTTPResponseHead(version: .http1_1, status: .continue)
            self.context?.writeAndFlush(Self.wrapOutboundOut(.head(go)), promise: nil)
        }
    }

    private func append(_ bytes: ByteBuffer) {
        // Looked at in place: a copy of `current` would make the body's storage shared.
        guard let count = self.current?.body.count, let bytesMax = self.current?.bodyBytesMax
        else { return }
        guard count + bytes.readableBytes <= bytesMax else {
            return self.refuse(
                Refusal.bodyTooLarge(bytesMax), fields: self.current?.head.fields ?? [:])
        }
        guard self.bodyShare.covers(count + bytes.readableBytes) else {
            return self.refuse(Refusal.overloaded, fields: self.current?.head.fields ?? [:])
        }
        self.current?.body.append(contentsOf: bytes.readableBytesView)
    }

    /// Nobody holds the body any more: neither this connection nor the handler it was given to.
    func letGoOfBody() {
        self.current?.body = []
        self.bodyShare.shrink(to: 0)
    }

    private func handle() {
        guard let current = self.current, let context = self.context else { return }
        self.current?.body = []
        let request = EdgeRequest(
            method: current.head.method, target: current.head.target,
            fields: current.head.fields, body: current.body, origin: self.origin)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let edge = self.edge
        self.handler = Task(executorPreference: self.executor) {
            await HTTP1Connection.answer(request, by: edge, on: bound)
        }
        self.enter(.handling)
    }

    /// The parser cannot go on.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        if self.isEnding { return }
        // While an answer is on its way it is left to end; the connection closes after it.
        guard self.isReceiving else {
            self.current?.isKeptAlive = false
            self.isDraining = true
            return
        }
        switch error {
        case .headerOverflow: self.refuse(Refusal.headersTooLarge)
        default: self.refuse(Refusal.malformedRequest)
        }
    }

    /// Answers a request that is not complete, and closes once the peer has had time to read it.
    func refuse(_ error: APIError, fields: HTTP2Fields = [:]) {
        self.letGoOfBody()
        self.write(self.edge.refusal(error, fields: fields), isLast: true)
        self.linger()
    }

    /// The last answer is written: tells the peer so, and leaves it time to read.
    ///
    /// Closing at once could destroy the answer: a socket with unread bytes is reset when it is
    /// closed, and a reset overtakes what is still on its way.
    private func linger() {
        self.endOutput { self.enter(.lingering) }
        self.releaseRead()
    }

    /// Lets what is written go out, however slowly the peer takes it, and tells it that this is all.
    private func endOutput(then next: @escaping () -> Void) {
        self.waiting.removeAll()
        self.enter(.finishing)
        guard let context = self.context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            if self.context != nil { next() }
        }
        context.close(mode: .output, promise: sent)
    }

    // MARK: The next request

    /// The answer is sent: goes on with what waits, or closes.
    func finish() {
        self.handler = nil
        let isKeptAlive = self.current?.isKeptAlive ?? false
        self.current = nil
        if !isKeptAlive || self.isDraining { return self.linger() }
        self.enter(.idle)
        self.resumeReceiving()
    }

    /// Goes on with the parts that wait, and reads on when none do.
    private func resumeReceiving() {
        if self.timing.phase == .idle, self.isDraining { return self.linger() }
        while self.isReceiving, let part = self.waiting.popFirst() {
            if self.timing.phase == .idle { self.timing.enter(.head, now: .now()) }
            self.take(part)
        }
        if self.isReceiving { self.releaseRead() }
    }

    func enter(_ phase: HTTP1Timing.Phase) {
        self.timing.enter(phase, now: .now())
        self.armTimer()
    }

    // MARK: Back-pressure

    func read(context: ChannelHandlerContext) {
        if self.isReceiving || self.isEnding {
            context.read()
        } else {
            self.isReadHeld = true
        }
    }

    private func releaseRead() {
        guard self.isReadHeld else { return }
        self.isReadHeld = false
        self.context?.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.timing.writability(context.channel.isWritable, now: .now())
        if context.channel.isWritable {
            self.writer?.resume()
            self.writer = nil
            self.resumeReceiving()
        } else {
            self.armTimer()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Time

    private func armTimer() {
        self.timer?.cancel()
        guard let context = self.context else { return }
        let now = NIODeadline.now()
        switch self.timing.verdict(now: now) {
        case .wait(let end):
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            self.timer = context.eventLoop.scheduleTask(deadline: end) { bound.value.armTimer() }
        case .close: context.close(promise: nil)
        case .refuseAsTooSlow: self.refuse(Refusal.tooSlow)
        case .cancelHandler:
            self.handler?.cancel()
            self.armTimer()
        case .sendHeartbeat:
            if let heartbeat {
                self.writePiece(heartbeat)
            } else {
                self.timing.wrote(now: .now())
            }
            self.armTimer()
        }
    }
}
