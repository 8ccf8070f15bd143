import HTTP2
public import NIOCore
import NIOPosix
public import NIOSSL
import NIOTLS

/// Listens on one TCP port for HTTP/1.1 and HTTP/2 and brings every request to an edge.
///
/// Without TLS the first bytes of a connection tell the protocols apart; with TLS, ALPN does.
public final class PublicListener: Sendable {
    /// Where it listens.
    public let address: SocketAddress
    /// The port; the one the system picked when 0 was asked for.
    public let port: Int
    private let edge: PublicEdge
    private let channel: any Channel
    private let connections: OpenConnections
    /// What the connections hold of bodies together.
    let bodies: HTTP2BodyBudget

    private init(
        edge: PublicEdge, channel: any Channel, connections: OpenConnections,
        bodies: HTTP2BodyBudget
    ) throws {
        guard let address = channel.localAddress, let port = address.port else {
            throw ChannelError.unknownLocalAddress
        }
        self.address = address
        self.port = port
        self.edge = edge
        self.channel = channel
        self.connections = connections
        self.bodies = bodies
    }

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - tls: A server context with TLS 1.2 or later and ALPN `h2` and `http/1.1`.
    /// - Throws: the system's error when the address cannot be had.
    public static func bind(
        host: String, port: Int, edge: PublicEdge, tls: NIOSSLContext? = nil,
        group: any EventLoopGroup
    ) async throws -> PublicListener {
        let connections = OpenConnections(edge.limits)
        let bodies = HTTP2BodyBudget(bytesMax: edge.limits.heldBodyBytesMax)
        let pipelines = PublicPipelines(edge: edge, bodies: bodies)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .http2ChildOptions()
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else {
                        return channel.close(promise: nil)
                    }
                    try pipelines.configure(channel, tls: tls)
                }
            }
            .bind(host: host, port: port).get()
        return try PublicListener(
            edge: edge, channel: channel, connections: connections, bodies: bodies)
    }

    /// How many connections there are.
    public var connectionCount: Int { self.connections.count }

    /// Stops accepting, lets the requests under way end, and returns when every connection is gone.
    ///
    /// Streams of events end at once: their clients come back by themselves. Whatever is left when
    /// `grace` is over is cut off.
    public func drain(grace: TimeAmount) async {
        try? await self.channel.close().get()
        self.edge.drain.give()
        await self.connections.drain(grace: grace, on: self.channel.eventLoop)
    }
}

/// Makes the pipelines of public connections.
struct PublicPipelines: Sendable {
    let edge: PublicEdge
    /// What all connections may hold of bodies together, whatever they speak.
    let bodies: HTTP2BodyBudget

    func configure(_ channel: any Channel, tls: NIOSSLContext?) throws {
        let pipeline = channel.pipeline.syncOperations
        guard let tls else { return try pipeline.addHandler(self.sniffer()) }
        try pipeline.addHandler(NIOSSLServerHandler(context: tls))
        let loop = channel.eventLoop
        let handshake = loop.scheduleTask(in: .seconds(Int64(self.edge.limits.prefaceSecondsMax))) {
            channel.close(promise: nil)
        }
        let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
            handshake.cancel()
            return loop.makeCompletedFuture {
                try self.add(
                    result == .negotiated("h2") ? .http2 : .http1, to: channel, isSecure: true)
            }
        }
        try pipeline.addHandler(negotiation)
    }

    private func sniffer() -> ProtocolSniffer {
        ProtocolSniffer(secondsMax: self.edge.limits.prefaceSecondsMax) { channel, spoken in
            try self.add(spoken, to: channel, isSecure: false)
        }
    }

    private func add(
        _ spoken: ProtocolSniffer.Spoken, to channel: any Channel, isSecure: Bool
    ) throws {
        let origin = RequestOrigin(of: channel, isSecure: isSecure)
        switch spoken {
        case .http1:
            try HTTP1Connection.configure(
                channel, edge: self.edge, origin: origin, bodies: self.bodies)
        case .http2:
            var limits = HTTP2Limits.publicEdge
            limits.bodyBytesMax = self.edge.bodyBytesMaxOfAll
            limits.headerBytesMax = self.edge.limits.headerBytesMax
            limits.headerFieldsMax = self.edge.limits.headerFieldsMax
            limits.prefaceSecondsMax = self.edge.limits.prefaceSecondsMax
            let handler = HTTP2Edge(edge: self.edge, origin: origin)
            let connection = try HTTP2ServerConnection(
                on: channel.eventLoop, configuration: HTTP2ServerConfiguration(limits: limits),
                bodies: self.bodies
            ) { _ in handler }
            try channel.pipeline.syncOperations.addHandler(connection)
        }
    }
}
