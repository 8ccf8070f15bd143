public import NIOCore
import NIOPosix
public import NIOSSL
import Synchronization

/// The client's end of an HTTP/2 connection: any number of calls at once.
///
/// Calls made from a task that runs on the connection's own event loop (``LoopExecutor``) cost no
/// thread hop; those of other tasks are gathered and handed over once a burst.
public final class HTTP2ClientConnection: Sendable {
    /// Whether new calls may be made, and how many are under way: read by pools from any thread.
    private let status: ClientStatus
    private let loop: any EventLoop
    private let channel: any Channel
    // The engine is touched on its loop only.
    private let engine: LoopConfined<ClientEngine>
    private let inbox = Mutex<[ClientCall]>([])
    private let uploadBytesMax: Int

    private init(
        channel: any Channel, engine: LoopConfined<ClientEngine>, status: ClientStatus,
        uploadBytesMax: Int
    ) {
        self.uploadBytesMax = uploadBytesMax
        self.loop = channel.eventLoop
        self.channel = channel
        self.engine = engine
        self.status = status
    }

    /// Connects, and waits for the server's SETTINGS: what it returns is an HTTP/2 connection.
    ///
    /// - Parameters:
    ///   - tls: the context of a TLS connection, or `nil` for plain text with prior knowledge.
    ///   - serverName: the name the server's certificate must carry; the host by default.
    /// - Throws: ``HTTP2ClientError/notProcessed(_:)`` whatever went wrong.
    public static func connect(
        to address: HTTP2Address, tls: NIOSSLContext? = nil, serverName: String? = nil,
        limits: HTTP2ClientLimits = HTTP2ClientLimits(), group: any EventLoopGroup
    ) async throws -> HTTP2ClientConnection {
        let loop = group.next()
        let status = ClientStatus()
        let ready = loop.makePromise(of: Void.self)
        do {
            try Nghttp2.checkVersion()
            let engine = try await loop.submit {
                LoopConfined(
                    value: try ClientEngine(
                        on: loop, limits: limits, status: status, ready: ready))
            }.get()
            let bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(.seconds(limits.connectSecondsMax))
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(
                    .recvAllocator,
                    value: FixedSizeRecvByteBufferAllocator(capacity: FixedLimits.readBytesMax)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let tls {
                            try pipeline.addHandler(
                                NIOSSLClientHandler(
                                    context: tls,
                                    serverHostname: serverName ?? address.serverName))
                            try pipeline.addHandler(TLSRecordSplitter())
                        }
                        try pipeline.addHandler(engine.value)
                    }
                }
            let channel: any Channel
            switch address {
            case .unixSocket(let path):
                channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
            case .tcp(let host, let port):
                channel = try await bootstrap.connect(host: host, port: port).get()
            }
            try await ready.futureResult.get()
            return HTTP2ClientConnection(
                channel: channel, engine: engine, status: status,
                uploadBytesMax: limits.uploadBytesMax)
        } catch {
            ready.fail(error)
            throw HTTP2ClientError.notProcessed("no connection to \(address): \(error)")
        }
    }

    /// Whether new calls may be made on it.
    ///
    /// `false` from the moment the server announces its end, or the connection is lost.
    public var isAvailable: Bool { self.status.isAvailable.load(ordering: .relaxed) }

    /// Calls under way.
    public var outstandingCalls: Int { self.status.outstanding.load(ordering: .relaxed) }

    /// Sends a request and returns the whole response.
    ///
    /// Cancelling the task resets the stream.
    ///
    /// - Throws: ``HTTP2ClientError``, or `CancellationError`.
    public func call(_ request: HTTP2ClientRequest) async throws -> HTTP2ClientResponse {
        let call = ClientCall(request)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                call.kind = .collected(continuation)
                self.submit(call)
            }
        } onCancel: {
            self.cancel(call)
        }
    }

    /// Sends a request and returns the response's head; its body is pulled.
    ///
    /// - Parameter upload: the request's body, in place of `request.body`, where it is produced while
    ///   it is sent. The response may begin, and end, before it does.
    /// - Throws: ``HTTP2ClientError``, `CancellationError`, or what the upload was aborted with.
    public func open(
        _ request: HTTP2ClientRequest, upload: HTTP2Upload? = nil
    ) async throws -> HTTP2ClientStream {
        let call = ClientCall(request, upload: upload)
        let pieces = PieceQueue()
        call.pieces = pieces
        let head = try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                call.kind = .streamed(continuation)
                upload?.attach(self.upload(of: call), waitingBytesMax: self.uploadBytesMax)
                self.submit(call)
            }
        } onCancel: {
            self.cancel(call)
        }
        return HTTP2ClientStream(
            status: head.status, fields: head.fields, pieces: pieces, call: call,
            connection: self)
    }

    /// Takes no more calls, and closes when those under way have ended.
    public func drain() {
        self.onLoop { $0.drain() }
    }

    /// Closes at once; calls under way fail.
    public func close() {
        self.onLoop { $0.close() }
    }

    /// Returns when the connection is closed.
    public func closed() async {
        try? await self.channel.closeFuture.get()
    }

    /// Whether it is not closed yet; it may be draining.
    public var isOpen: Bool { self.channel.isActive }

    /// Calls `body` when the connection is closed, at once when it is already.
    public func whenClosed(_ body: @escaping @Sendable () -> Void) {
        self.channel.closeFuture.whenComplete { _ in body() }
    }

    // MARK: Crossing to the loop

    private func submit(_ call: ClientCall) {
        if self.loop.inEventLoop {
            self.engine.value.submit(call)
            return
        }
        let isFirst = self.inbox.withLock { inbox in
            inbox.append(call)
            return inbox.count == 1
        }
        guard isFirst else { return }
        self.loop.execute {
            let calls = self.inbox.withLock { inbox in
                let calls = inbox
                inbox.removeAll(keepingCapacity: true)
                return calls
            }
            for call in calls { self.engine.value.submit(call) }
        }
    }

    private func cancel(_ call: ClientCall) {
        self.onLoop { $0.cancel(call) }
    }

    private func upload(of call: ClientCall) -> HTTP2Upload.Connection {
        HTTP2Upload.Connection(
            resume: { self.onLoop { $0.resume(call) } },
            abort: { error in self.onLoop { $0.giveUp(call, error) } })
    }

    /// Nobody pulls the response any more.
    func abandon(_ call: ClientCall) {
        self.onLoop { $0.cancel(call) }
    }

    /// Gives the window of pulled bytes back.
    func consume(_ count: Int, of call: ClientCall) {
        self.onLoop { $0.consume(count, of: call) }
    }

    private func onLoop(_ body: @escaping @Sendable (ClientEngine) -> Void) {
        if self.loop.inEventLoop {
            body(self.engine.value)
        } else {
            let engine = self.engine
            self.loop.execute { body(engine.value) }
        }
    }
}

/// What pools read of a connection from any thread.
final class ClientStatus: Sendable {
    let isAvailable = Atomic(true)
    let outstanding = Atomic(0)
}

extension HTTP2Address {
    /// The name to ask a TLS server for: no name for addresses (RFC 6066 section 3).
    var serverName: String? {
        guard case .tcp(let host, _) = self else { return nil }
        return (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
}
