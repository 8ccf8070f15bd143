public import NIOCore
public import NIOPosix
public import NIOSSL
import Synchronization

/// Accepts HTTP/2 connections on a Unix socket or a TCP port.
///
/// Without TLS clients must know that this is HTTP/2 ("prior knowledge", RFC 9113 section 3.3).
public final class HTTP2Listener: Sendable {
    /// Where it listens; the port is the one the system chose when 0 was asked for.
    public let address: HTTP2Address
    private let channel: any Channel
    let connections: ConnectionSet
    /// What the connections hold of bodies together.
    let bodies: HTTP2BodyBudget
    /// The file of a Unix socket, until draining begins: once the socket is closed, another file
    /// may get its number.
    private let file: Mutex<UnixSocketFile.Identity?>

    private init(
        address: HTTP2Address, channel: any Channel, connections: ConnectionSet,
        bodies: HTTP2BodyBudget, file: UnixSocketFile.Identity?
    ) {
        self.address = address
        self.channel = channel
        self.connections = connections
        self.bodies = bodies
        self.file = Mutex(file)
    }

    /// Starts listening.
    ///
    /// A Unix socket is made with mode 0600. Its directory is made with mode 0700 when it does not
    /// exist; one that others may enter is refused. A socket that nobody listens on any more is
    /// replaced.
    ///
    /// - Parameters:
    ///   - takesOver: whether the address may be that of a predecessor which still listens, and is
    ///     to drain next. A Unix socket's file is replaced at one stroke, so that there is always
    ///     somebody to connect to; on TCP the two listen together (SO_REUSEPORT), for which both
    ///     have to be started this way.
    ///   - makeHandler: called once for each connection.
    /// - Throws: ``HTTP2SetupError``, or the system's error when the address cannot be had.
    public static func bind(
        to address: HTTP2Address, takesOver: Bool = false, tls: NIOSSLContext? = nil,
        configuration: HTTP2ServerConfiguration, group: any EventLoopGroup,
        makeHandler: @escaping @Sendable (HTTP2Peer) -> any HTTP2RequestHandler
    ) async throws -> HTTP2Listener {
        try Nghttp2.checkVersion()
        let connections = ConnectionSet(configuration.limits)
        let bodies = HTTP2BodyBudget(bytesMax: configuration.limits.allHeldBodyBytesMax)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .http2ChildOptions()
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                        try pipeline.addHandler(TLSRecordSplitter())
                    }
                    let connection = try HTTP2ServerConnection(
                        on: channel.eventLoop, configuration: configuration,
                        bodies: bodies, makeHandler: makeHandler)
                    try pipeline.addHandler(connection)
                    try connections.add(connection, of: channel)
                }
            }
        switch address {
        case .unixSocket(let path):
            try await UnixSocketFile.prepare(path, takesOver: takesOver, group: group)
            let bound = try UnixSocketFile.temporary(beside: path)
            let channel = try await bootstrap.bind(unixDomainSocketPath: bound).get()
            do {
                try UnixSocketFile.restrict(bound)
                let file = UnixSocketFile.identity(of: bound)
                try UnixSocketFile.place(bound, at: path, replaces: takesOver)
                return HTTP2Listener(
                    address: address, channel: channel, connections: connections, bodies: bodies,
                    file: file)
            } catch {
                try? await channel.close().get()
                throw error
            }
        case .tcp(let host, let port):
            let channel =
                try await bootstrap
                .serverChannelOption(.socketOption(.sharedPort), value: takesOver ? 1 : 0)
                .bind(host: host, port: port).get()
            return HTTP2Listener(
                address: HTTP2Address(channel.localAddress) ?? address, channel: channel,
                connections: connections, bodies: bodies, file: nil)
        }
    }

    /// How many connections there are.
    public var connectionCount: Int { self.connections.count }

    /// Stops accepting, lets the requests under way end, and returns when every connection is gone.
    ///
    /// Whatever is left when `grace` is over is cut off. A successor's socket file is left alone.
    public func drain(grace: Duration) async {
        let file = self.file.withLock { file in
            defer { file = nil }
            return file
        }
        if case .unixSocket(let path) = self.address, let file {
            UnixSocketFile.remove(path, file)
        }
        try? await self.channel.close().get()
        let components = grace.components
        await self.connections.drain(
            grace: .nanoseconds(
                components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000))
    }
}

extension ServerBootstrap {
    /// Sets what ``HTTP2ServerConnection`` wants of the channels it lives on.
    ///
    /// Reads of at most 16 KiB, one a loop turn: then the two ends of a connection work at the same
    /// time instead of taking turns.
    public func http2ChildOptions() -> ServerBootstrap {
        self.childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: FixedLimits.readBytesMax)
            )
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: FixedLimits.writeBytesMax / 2, high: FixedLimits.writeBytesMax))
    }
}

/// The connections of a listener.
final class ConnectionSet: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: NIOLoopBound<HTTP2ServerConnection>] = [:]
        var sources: ConnectionSources
        /// Set once draining has begun.
        var grace: TimeAmount?
        var emptied: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let max: Int

    init(_ limits: HTTP2Limits) {
        self.state = Mutex(State(sources: ConnectionSources(max: limits.connectionsPerAddressMax)))
        self.max = limits.connectionsMax
    }

    var count: Int { self.state.withLock { $0.connections.count } }

    var all: [NIOLoopBound<HTTP2ServerConnection>] {
        self.state.withLock { Array($0.connections.values) }
    }

    /// Adds a connection for as long as its channel is open.
    ///
    /// - Throws: when there are as many as may be, of all or of its address: the channel is closed
    ///   then.
    func add(_ connection: HTTP2ServerConnection, of channel: any Channel) throws {
        let id = ObjectIdentifier(connection)
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        let source = ConnectionSource(channel.remoteAddress)
        let grace = try self.state.withLock { state throws(HTTP2SetupError) in
            guard state.connections.count < self.max, state.sources.add(source) else {
                throw HTTP2SetupError("as many connections as may be")
            }
            state.connections[id] = bound
            return state.grace
        }
        channel.closeFuture.whenComplete { _ in self.remove(id, source) }
        if let grace { connection.drain(grace: grace) }
    }

    private func remove(_ id: ObjectIdentifier, _ source: ConnectionSource?) {
        let emptied = self.state.withLock { state in
            state.connections[id] = nil
            state.sources.remove(source)
            guard state.connections.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.emptied = [] }
            return state.emptied
        }
        for continuation in emptied { continuation.resume() }
    }

    /// Drains all connections and returns when there are none.
    func drain(grace: TimeAmount) async {
        self.state.withLock { $0.grace = grace }
        for connection in self.all {
            connection.eventLoop.execute { connection.value.drain(grace: grace) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = self.state.withLock { state in
                if !state.connections.isEmpty { state.emptied.append(continuation) }
                return state.connections.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}
