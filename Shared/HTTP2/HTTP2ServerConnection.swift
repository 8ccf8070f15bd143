import CNghttp2
public import NIOCore
import NIOSSL

/// The server's end of an HTTP/2 connection, as the last handler of a channel's pipeline.
///
/// Add it to a channel whose bytes are HTTP/2 from the first one, the client preface included, and
/// pass on whatever has been read already with `fireChannelRead` and `fireChannelReadComplete`.
/// The channel should read at most 16 KiB at a time and once a loop turn, so that both ends work at
/// the same time: ``HTTP2Listener`` sets that.
///
/// A `ChannelShouldQuiesceEvent` (and ``drain(grace:)``) lets the requests under way end, refuses
/// new ones in a way that lets clients repeat them, and closes the channel.
public final class HTTP2ServerConnection: ChannelDuplexHandler {
    public typealias InboundIn = ByteBuffer
    public typealias OutboundIn = Never
    public typealias OutboundOut = ByteBuffer

    let core: ServerCoreReference
    let executor: LoopExecutor
    private let configuration: HTTP2ServerConfiguration
    private let makeHandler: @Sendable (HTTP2Peer) -> any HTTP2RequestHandler
    var context: ChannelHandlerContext?
    private var isReadHeld = false
    /// Everything is sent or on its way, and the channel closes after it.
    private var isClosing = false
    /// Since when the socket has taken nothing.
    private var unwritableSince: NIODeadline?
    var drain = ServerDrain()
    let began: NIODeadline
    let ageMax: TimeAmount
    var pingSent: NIODeadline?
    /// Keeps the connection for handlers that outlive the channel.
    private var keptForHandlers: HTTP2ServerConnection?

    /// Makes the end of one connection.
    ///
    /// - Parameters:
    ///   - bodies: what this connection and others may hold of bodies together; `nil` when there are
    ///     no others.
    ///   - makeHandler: called once, when the first bytes have come and so TLS is done.
    /// - Throws: ``HTTP2SetupError`` when libnghttp2 is too old or out of memory.
    public init(
        on loop: any EventLoop, configuration: HTTP2ServerConfiguration,
        bodies: HTTP2BodyBudget? = nil,
        makeHandler: @escaping @Sendable (HTTP2Peer) -> any HTTP2RequestHandler
    ) throws(HTTP2SetupError) {
        self.configuration = configuration
        self.makeHandler = makeHandler
        let executor = LoopExecutor.on(loop)
        self.executor = executor
        let core = ServerCoreReference.allocate(capacity: 1)
        self.core = core
        self.began = loop.now
        let age = Int64(configuration.limits.ageSecondsMax) * 1000
        self.ageMax = .milliseconds(age + Int64.random(in: -age / 10...age / 10))
        let bodies =
            bodies ?? HTTP2BodyBudget(bytesMax: configuration.limits.allHeldBodyBytesMax)
        let session: NghttpSession
        do {
            session = try NghttpSession(server: ServerCallbacks.table, user: core)
        } catch {
            core.deallocate()
            throw error
        }
        core.initialize(
            to: ServerCore(
                session: session, limits: configuration.limits, connection: self,
                executor: executor, bodyShare: BodyShare(of: bodies), now: self.began,
                lastReceived: self.began,
                lastBusy: self.began))
    }

    deinit {
        self.core.deinitialize(count: 1)
        self.core.deallocate()
    }

    // MARK: The channel's life

    public func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.submitSettings()
        self.executor.add(self)
        if context.channel.isActive { self.flush() }
    }

    public func channelActive(context: ChannelHandlerContext) {
        self.flush()
        context.fireChannelActive()
    }

    public func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func submitSettings() {
        let limits = self.configuration.limits
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                value: UInt32(limits.streamsMax)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(limits.streamWindowBytes)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(limits.headerBytesMax)),
        ]
        nghttp2_submit_settings(self.core.session, Nghttp2.flagNone, settings, settings.count)
        nghttp2_session_set_local_window_size(
            self.core.session, Nghttp2.flagNone, 0, Int32(limits.connectionWindowBytes))
    }

    /// The channel is gone: closes every stream, cancels their handlers, and frees what is unused.
    private func end() {
        guard !self.core.pointee.isOver else { return }
        self.core.pointee.isOver = true
        self.context = nil
        if let reason = self.core.pointee.termination {
            self.configuration.onTermination?(self.core.pointee.peer, reason)
        }
        self.drain.timer?.cancel()
        if self.core.pointee.runningCount > 0 { self.keptForHandlers = self }
        // Deleting a session fires no callbacks, so its streams are walked here.
        var next = self.core.pointee.firstLive
        while let stream = next {
            next = stream.pointee.nextLive
            guard !stream.pointee.isClosed else { continue }
            stream.pointee.isClosed = true
            stream.pointee.input?.pieces.finish(CancellationError())
            if stream.pointee.isRunning {
                self.core.cancel(stream)
            } else {
                self.core.recycle(stream)
            }
        }
        self.core.pointee.handler = nil
        self.executor.remove(self)
        self.executor.scheduleTick()
    }

    /// The last handler of a connection that is over has ended.
    func lastHandlerEnded() {
        // Not at once: the caller is still at work on this connection's state.
        let bound = NIOLoopBound(self, eventLoop: self.executor.loop)
        self.executor.loop.execute { bound.value.keptForHandlers = nil }
    }

    // MARK: Bytes in

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let core = self.core
        guard !core.pointee.isOver, core.pointee.termination == nil else { return }
        if core.pointee.handler == nil { self.meetPeer(context) }
        let bytes = Self.unwrapInboundIn(data)
        let now = self.executor.loop.now
        core.pointee.now = now
        core.pointee.lastReceived = now
        self.executor.state.pointee.arrival = now
        let count = bytes.withUnsafeReadableBytes { raw in
            nghttp2_session_mem_recv(
                core.session, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
        }
        core.cancelClosed()
        if count < 0 { self.receivingFailed(count) }
        if core.pointee.toConsume > 0 {
            nghttp2_session_consume_connection(core.session, core.pointee.toConsume)
            core.pointee.toConsume = 0
        }
        if core.pointee.acknowledgedPing != nil { self.pingAcknowledged() }
        self.executor.runWork()
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        if !self.core.pointee.isOver { self.flush() }
        if !self.executor.state.pointee.isTicking { self.executor.tick() }
    }

    /// The library refuses to go on: it has not queued a GOAWAY by itself.
    private func receivingFailed(_ code: Int) {
        let reason: nghttp2_error_code =
            code == Int(NGHTTP2_ERR_BAD_CLIENT_MAGIC.rawValue)
            ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_ENHANCE_YOUR_CALM
        self.core.terminate(reason, String(cString: nghttp2_strerror(Int32(code))))
    }

    /// Learns who the peer is and makes its handler.
    private func meetPeer(_ context: ChannelHandlerContext) {
        var peer = HTTP2Peer(transport: .other)
        switch context.channel.remoteAddress ?? context.channel.localAddress {
        case .unixDomainSocket: peer.transport = .unixSocket
        case .v4(let address): peer.transport = .tcp(address: address.host)
        case .v6(let address): peer.transport = .tcp(address: address.host)
        case nil: break
        }
        if let address = context.channel.remoteAddress?.ipAddress {
            peer.transport = .tcp(address: address)
        }
        let pipeline = context.pipeline.syncOperations
        if let tls = try? pipeline.handler(type: NIOSSLServerHandler.self) {
            peer.isEncrypted = true
            peer.certificateNames = tls.peerCertificate?.dnsNames ?? []
        }
        self.core.pointee.peer = peer
        self.core.pointee.handler = self.makeHandler(peer)
    }

    // MARK: Bytes out

    func flushDirty() {
        self.core.pointee.isDirty = false
        self.flush()
    }

    /// Sends what is queued, as long as the socket takes it; closes when both sides are done.
    func flush() {
        guard let context = self.context, !self.core.pointee.isOver else { return }
        let core = self.core
        if core.pointee.toConsume > 0 {
            nghttp2_session_consume_connection(core.session, core.pointee.toConsume)
            core.pointee.toConsume = 0
        }
        let channel = context.channel
        while channel.isWritable {
            let isDone = self.executor.serialise(core.session)
            core.cancelClosed()
            let output = self.executor.state.pointee.output
            if output.readableBytes > 0 {
                context.writeAndFlush(Self.wrapOutboundOut(output), promise: nil)
            }
            guard !core.pointee.isOver else { return }
            guard let isDone else { return context.close(promise: nil) }
            if isDone { break }
        }
        self.closeIfDone(context)
        if self.isReadHeld, !self.mustHoldReads { self.releaseRead(context) }
    }

    private func closeIfDone(_ context: ChannelHandlerContext) {
        guard !self.isClosing,
            nghttp2_session_want_read(self.core.session) == 0
                || (self.drain.isFinal && self.core.pointee.liveCount == 0),
            nghttp2_session_want_write(self.core.session) == 0
        else { return }
        self.isClosing = true
        // Closing drops what the socket has not taken: nothing at all is sent after it.
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.unwritableSince = context.channel.isWritable ? nil : self.executor.loop.now
        self.flush()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Back-pressure

    /// Nothing more is read from a peer that does not take what it is sent.
    ///
    /// All that is queued is serialised while the socket takes it, so no more frames can ever be
    /// queued than those of one read call for.
    private var mustHoldReads: Bool { self.context?.channel.isWritable == false }

    public func read(context: ChannelHandlerContext) {
        if !self.core.pointee.isOver, self.mustHoldReads {
            self.isReadHeld = true
        } else {
            context.read()
        }
    }

    private func releaseRead(_ context: ChannelHandlerContext) {
        self.isReadHeld = false
        context.read()
    }

    /// Whether the socket has taken nothing for too long.
    func isStalled(_ now: NIODeadline) -> Bool {
        guard let since = self.unwritableSince else { return false }
        return now - since > .seconds(Int64(self.configuration.limits.writeStallSecondsMax))
    }
}

extension HTTP2ServerConnection: LoopConnection {}

/// How a server treats its connections.
public struct HTTP2ServerConfiguration: Sendable {
    /// The bounds it keeps.
    public var limits: HTTP2Limits
    /// Called on the event loop when a connection is ended for what the peer did, with the reason.
    public var onTermination: (@Sendable (HTTP2Peer, String) -> Void)?

    /// Makes a configuration.
    public init(
        limits: HTTP2Limits, onTermination: (@Sendable (HTTP2Peer, String) -> Void)? = nil
    ) {
        self.limits = limits
        self.onTermination = onTermination
    }
}
