import CNghttp2
import NIOCore
import Synchronization

/// What a client connection does on its loop: one libnghttp2 session and the calls on it.
///
/// A channel handler, the last of its pipeline. Callbacks reach it as their `user_data`; they record
/// and resume callers, whose tasks run later.
final class ClientEngine: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let executor: LoopExecutor
    let limits: HTTP2ClientLimits
    let status: ClientStatus
    private var handle: NghttpSession?
    private var ready: EventLoopPromise<Void>?
    private var context: ChannelHandlerContext?
    private var isReadHeld = false

    @exclusivity(unchecked) var firstCall: Unmanaged<ClientCall>?
    @exclusivity(unchecked) var callCount = 0
    /// Calls whose bodies are produced while they are sent.
    @exclusivity(unchecked) var uploadCount = 0
    @exclusivity(unchecked) var toConsume = 0
    @exclusivity(unchecked) var received = ReceivedFields()
    /// The call whose response was received from last, while its stream is open.
    @exclusivity(unchecked) var receiving: Unmanaged<ClientCall>?
    @exclusivity(unchecked) var receivingID: Int32 = 0
    /// Whether the header block being received follows a response, and says nothing here.
    @exclusivity(unchecked) var isInTrailers = false
    @exclusivity(unchecked) private var isDirty = false
    /// The highest stream id whose request has been handed to the socket.
    @exclusivity(unchecked) var highestSent: Int32 = 0
    @exclusivity(unchecked) private var lastReceived: NIODeadline
    var acknowledgedPing: UInt64?
    private let began: NIODeadline
    private var pingSent: NIODeadline?
    private var isDraining = false
    private var isOver = false

    init(
        on loop: any EventLoop, limits: HTTP2ClientLimits, status: ClientStatus,
        ready: EventLoopPromise<Void>
    ) throws {
        self.executor = LoopExecutor.on(loop)
        self.limits = limits
        self.status = status
        self.ready = ready
        self.began = loop.now
        self.lastReceived = loop.now
        self.handle = try NghttpSession(
            client: ClientCallbacks.table, user: Unmanaged.passUnretained(self).toOpaque())
        self.submitSettings()
    }

    var session: OpaquePointer? {
        switch self.handle {
        case .some(let handle): handle.pointer
        case .none: nil
        }
    }

    private func submitSettings() {
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(self.limits.streamWindowBytes)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(self.limits.headerBytesMax)),
        ]
        nghttp2_submit_settings(self.session, Nghttp2.flagNone, settings, settings.count)
        nghttp2_session_set_local_window_size(
            self.session, Nghttp2.flagNone, 0, Int32(self.limits.connectionWindowBytes))
    }

    // MARK: The channel's life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.executor.add(self)
        if context.channel.isActive { self.flush() }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end("the connection was closed")
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end("the connection was closed")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(String(describing: error))
    }

    /// The server's SETTINGS have come.
    func becameReady() {
        self.ready?.succeed()
        self.ready = nil
    }

    /// Ends the connection for a reason of our own.
    private func fail(_ reason: String) {
        let context = self.context
        self.end(reason)
        context?.close(promise: nil)
    }

    private func end(_ reason: String) {
        guard !self.isOver else { return }
        self.isOver = true
        self.status.isAvailable.store(false, ordering: .relaxed)
        self.ready?.fail(HTTP2ClientError.notProcessed(reason))
        self.ready = nil
        self.context = nil
        self.handle = nil
        self.receiving = nil
        while let call = self.firstCall?.takeUnretainedValue() {
            let isSent = call.id <= self.highestSent
            self.finish(
                call,
                call.verdict
                    ?? (isSent
                        ? HTTP2ClientError.connectionLost(reason)
                        : HTTP2ClientError.notProcessed(reason)))
        }
        self.executor.remove(self)
    }

    // MARK: Calls

    func submit(_ call: ClientCall) {
        guard let session = self.session, !self.isDraining else {
            return call.fail(HTTP2ClientError.notProcessed("the connection is closing"))
        }
        if call.isCancelled { return call.fail(CancellationError()) }
        if let verdict = call.verdict { return call.fail(verdict) }
        do {
            try FieldRules.check(call.request.fields)
        } catch {
            return call.fail(error)
        }
        guard self.callCount < self.limits.waitingCallsMax else {
            return call.fail(HTTP2ClientError.notProcessed("too many calls under way"))
        }
        let pointer = Unmanaged.passRetained(call)
        let id = call.request.head.submit(
            on: session, fields: call.request.fields,
            body: call.request.body.isEmpty && call.upload == nil ? nil : ClientCallbacks.read,
            user: pointer.toOpaque())
        guard id > 0 else {
            pointer.release()
            self.drain()
            return call.fail(
                HTTP2ClientError.notProcessed(String(cString: nghttp2_strerror(id))))
        }
        call.id = id
        call.next = self.firstCall
        self.firstCall?._withUnsafeGuaranteedRef { $0.previous = pointer }
        self.firstCall = pointer
        self.callCount += 1
        if call.upload != nil { self.uploadCount += 1 }
        self.status.outstanding.store(self.callCount, ordering: .relaxed)
        if let deadline = call.request.deadline { self.executor.armExpiry(deadline) }
        self.markDirty()
    }

    /// Takes a call off the connection, and tells the caller unless it has been told.
    func finish(_ call: ClientCall, _ error: (any Error)?) {
        if let previous = call.previous {
            previous._withUnsafeGuaranteedRef { $0.next = call.next }
        } else {
            self.firstCall = call.next
        }
        call.next?._withUnsafeGuaranteedRef { $0.previous = call.previous }
        call.next = nil
        call.previous = nil
        self.callCount -= 1
        if let upload = call.upload {
            self.uploadCount -= 1
            upload.end()
        }
        self.status.outstanding.store(self.callCount, ordering: .relaxed)
        if let error {
            call.fail(error)
        } else {
            switch call.kind {
            case .collected(let continuation):
                continuation.resume(returning: call.takeResponse())
            case .streamed, .none: break
            }
            call.kind = .none
            call.pieces?.finish(nil)
        }
        call.id = 0
        Unmanaged.passUnretained(call).release()
    }

    /// Gives a call up: the caller is told `verdict` at once, the server by RST_STREAM.
    func giveUp(_ call: ClientCall, _ verdict: any Error) {
        call.fail(verdict)
        guard call.verdict == nil else { return }
        call.verdict = verdict
        guard call.id > 0, let session = self.session else { return }
        nghttp2_submit_rst_stream(
            session, Nghttp2.flagNone, call.id, NGHTTP2_CANCEL.rawValue)
        self.markDirty()
    }

    func cancel(_ call: ClientCall) {
        call.isCancelled = true
        if call.id > 0 { self.giveUp(call, CancellationError()) }
    }

    func consume(_ count: Int, of call: ClientCall) {
        guard call.id > 0, let session = self.session else { return }
        nghttp2_session_consume_stream(session, call.id, count)
        self.markDirty()
    }

    // MARK: Ending

    func drain() {
        guard !self.isDraining else { return }
        self.isDraining = true
        self.status.isAvailable.store(false, ordering: .relaxed)
        self.markDirty()
    }

    func close() {
        self.drain()
        if let session = self.session {
            nghttp2_session_terminate_session(session, NGHTTP2_NO_ERROR.rawValue)
            self.flush()
        }
        self.context?.close(promise: nil)
    }

    /// The server announced its end.
    func goAwayReceived() {
        self.drain()
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let session = self.session else { return }
        let bytes = Self.unwrapInboundIn(data)
        let wasTicking = self.executor.state.pointee.isTicking
        self.executor.state.pointee.isTicking = true
        let count = bytes.withUnsafeReadableBytes { raw in
            nghttp2_session_mem_recv(
                session, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
        }
        if count < 0 {
            nghttp2_session_terminate_session(session, NGHTTP2_PROTOCOL_ERROR.rawValue)
        }
        self.executor.state.pointee.isTicking = wasTicking
        self.lastReceived = self.executor.loop.now
        if self.acknowledgedPing != nil {
            self.acknowledgedPing = nil
            self.pingSent = nil
        }
        self.executor.runWork()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.flush()
        if !self.executor.state.pointee.isTicking { self.executor.tick() }
    }

    @inline(__always)
    func markDirty() {
        guard !self.isDirty else { return }
        self.isDirty = true
        self.executor.markDirty(self)
    }

    func flushDirty() {
        self.isDirty = false
        self.flush()
    }

    private func flush() {
        guard let context = self.context, let session = self.session, context.channel.isActive
        else { return }
        if self.toConsume > 0 {
            nghttp2_session_consume_connection(session, self.toConsume)
            self.toConsume = 0
        }
        let channel = context.channel
        while channel.isWritable {
            let isDone = self.executor.serialise(session)
            let output = self.executor.state.pointee.output
            if output.readableBytes > 0 {
                context.writeAndFlush(Self.wrapOutboundOut(output), promise: nil)
            }
            guard !self.isOver else { return }
            guard let isDone else { return context.close(promise: nil) }
            if isDone { break }
        }
        let isFinished =
            self.isDraining && self.callCount == 0 || nghttp2_session_want_read(session) == 0
        if isFinished, nghttp2_session_want_write(session) == 0 {
            return context.close(promise: nil)
        }
        if self.isReadHeld, channel.isWritable {
            self.isReadHeld = false
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.flush()
    }

    func read(context: ChannelHandlerContext) {
        if !self.isOver, !context.channel.isWritable {
            self.isReadHeld = true
        } else {
            context.read()
        }
    }
}

extension ClientEngine: LoopConnection {
    func everySecond(_ now: NIODeadline) {
        guard let session = self.session else { return }
        if self.ready != nil {
            if now - self.began >= .seconds(self.limits.connectSecondsMax) {
                self.fail("the server did not speak HTTP/2 in time")
            }
            return
        }
        if let sent = self.pingSent {
            if now - sent >= .seconds(self.limits.keepaliveAckSecondsMax) {
                self.fail("the server answers no PING")
            }
        } else if now - self.lastReceived >= .seconds(self.limits.keepaliveSeconds) {
            self.pingSent = now
            PingKind.submit(session, PingKind.keepalive)
            self.flush()
        }
    }

    func expire(_ now: NIODeadline) -> NIODeadline {
        var earliest = NIODeadline.distantFuture
        var next = self.firstCall
        while let call = next?.takeUnretainedValue() {
            next = call.next
            guard let deadline = call.request.deadline, call.verdict == nil else { continue }
            if deadline <= now {
                self.giveUp(call, HTTP2ClientError.timedOut)
            } else {
                earliest = min(earliest, deadline)
            }
        }
        return earliest
    }
}
