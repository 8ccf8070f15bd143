import HTTP2
import Logging
import NIOCore
import PublicHTTP
import RPC
import RPCOverHTTP2

/// The listeners of a service, opened together or not at all.
struct ServiceListeners: Sendable {
    /// For peers: the socket of this machine, and TCP with mutual TLS where it is configured.
    private(set) var rpc: [RPCListener] = []
    /// For the public, then for the machine itself.
    private(set) var http: [PublicListener] = []

    /// What is listened for.
    struct Plan: Sendable {
        let router: RPCRouter
        let tokens: PeerTokens
        let socket: String
        let edge: PublicEdge
        let admin: PublicEdge
        let configuration: ServiceConfiguration
        let group: any EventLoopGroup
        let logger: Logger
    }

    /// Opens all of them.
    ///
    /// - Throws: ``ConfigurationError``, or ``ListenError`` naming the settings of the address that
    ///   cannot be had; nothing is left open then.
    static func open(_ plan: Plan) async throws -> ServiceListeners {
        var listeners = ServiceListeners()
        do {
            try await listeners.openForPeers(plan)
            try await listeners.openForPublic(plan)
            return listeners
        } catch {
            await listeners.close()
            throw error
        }
    }

    private func close() async {
        for listener in self.rpc { await listener.drain(grace: .zero) }
        for listener in self.http { await listener.drain(grace: .zero) }
    }

    /// The path of the Unix socket.
    var socket: String {
        for listener in self.rpc {
            if case .unixSocket(let path) = listener.address { return path }
        }
        return ""
    }

    /// The TCP port for peers, if there is one.
    var rpcPort: Int? {
        for listener in self.rpc {
            if case .tcp(_, let port) = listener.address { return port }
        }
        return nil
    }

    private mutating func openForPeers(_ plan: Plan) async throws {
        let local = try await ListenError.naming("rpc.socket \(plan.socket)") {
            try await RPCListener.bind(
                to: .unixSocket(path: plan.socket), router: plan.router, tokens: plan.tokens,
                group: plan.group, logger: plan.logger)
        }
        self.rpc.append(local)
        guard let host = plan.configuration.optionalText("rpc.tcp.host") else { return }
        let tls = try ServiceResources.tls(
            plan.configuration, prefix: "rpc", authority: "rpc.tls.authority")
        guard let tls, tls.authoritiesPath != nil else {
            throw ConfigurationError(
                "rpc.tcp.host needs rpc.tls.certificate, rpc.tls.key and rpc.tls.authority")
        }
        let port = plan.configuration.integer("rpc.tcp.port")
        let remote = try await ListenError.naming("rpc.tcp.host \(host), rpc.tcp.port \(port)") {
            try await RPCListener.bind(
                to: .tcp(host: host, port: port), router: plan.router,
                tls: try tls.serverContext(), group: plan.group, logger: plan.logger)
        }
        self.rpc.append(remote)
    }

    private mutating func openForPublic(_ plan: Plan) async throws {
        let tls = try ServiceResources.tls(plan.configuration, prefix: "public", authority: nil)
        let host = plan.configuration.text("public.host")
        let port = plan.configuration.integer("public.port")
        let outside = try await ListenError.naming("public.host \(host), public.port \(port)") {
            try await PublicListener.bind(
                host: host, port: port, edge: plan.edge,
                tls: try tls?.serverContext(protocols: ["h2", "http/1.1"]), group: plan.group)
        }
        self.http.append(outside)
        let adminPort = plan.configuration.integer("admin.port")
        let inside = try await ListenError.naming("admin.port \(adminPort)") {
            try await PublicListener.bind(
                host: "127.0.0.1", port: adminPort, edge: plan.admin, group: plan.group)
        }
        self.http.append(inside)
    }
}

/// An address that cannot be listened at.
struct ListenError: Error, CustomStringConvertible {
    let description: String

    /// Says which settings led to a failure.
    static func naming<Listener: Sendable>(
        _ settings: String, _ open: () async throws -> Listener
    ) async throws -> Listener {
        do {
            return try await open()
        } catch {
            throw ListenError(description: "cannot listen at \(settings): \(error)")
        }
    }
}
