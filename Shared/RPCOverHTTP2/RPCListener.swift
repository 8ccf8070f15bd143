public import HTTP2
public import Logging
import Metrics
public import NIOCore
public import NIOSSL
public import RPC

/// Serves a router on a Unix socket, or on a TCP port with mutual TLS.
public struct RPCListener: Sendable {
    let listener: HTTP2Listener

    /// Where it listens; the port is the one the system chose when 0 was asked for.
    public var address: HTTP2Address { self.listener.address }

    /// How many connections there are.
    public var connectionCount: Int { self.listener.connectionCount }

    /// Starts serving.
    ///
    /// A peer is known by its certificate's first DNS name, or by its token; a call that names
    /// neither has no caller, and is refused by any method that asks for one.
    ///
    /// - Parameters:
    ///   - address: `unix:/path` or `host:port`; see ``HTTP2Listener`` for the socket's file.
    ///   - takesOver: whether a predecessor may still listen there, to drain next; see
    ///     ``HTTP2Listener`` again.
    ///   - tokens: the digests of the peers' tokens.
    ///   - tls: the context for mutual TLS, or `nil` for plain text.
    /// - Throws: ``HTTP2SetupError``, or the system's error when the address cannot be had.
    public static func bind(
        to address: HTTP2Address, takesOver: Bool = false, router: RPCRouter,
        tokens: PeerTokens = PeerTokens(),
        tls: NIOSSLContext? = nil, limits: RPCCarrierLimits = RPCCarrierLimits(),
        connectionLimits: HTTP2Limits = .internalPeers, group: any EventLoopGroup,
        logger: Logger
    ) async throws -> RPCListener {
        let terminated = Counter(label: "rpc_server_connections_terminated_total")
        let configuration = HTTP2ServerConfiguration(limits: connectionLimits) { peer, reason in
            terminated.increment()
            logger.warning(
                "connection ended for what the peer did",
                metadata: ["peer": "\(peer.transport)", "reason": "\(reason)"])
        }
        let listener = try await HTTP2Listener.bind(
            to: address, takesOver: takesOver, tls: tls, configuration: configuration, group: group
        ) { peer in
            RPCServerHandler(router: router, limits: limits, tokens: tokens, peer: peer)
        }
        return RPCListener(listener: listener)
    }

    /// Stops accepting, lets the calls under way end, and returns when every connection is gone.
    ///
    /// Whatever is left when `grace` is over is cut off.
    public func drain(grace: Duration) async { await self.listener.drain(grace: grace) }
}
