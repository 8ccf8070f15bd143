import HTTP2
import Logging
import NIOCore
import PublicHTTP
import RPC
import RPCOverHTTP2
import Storage

/// Brings a service up from its configuration: parts, routers, listeners.
struct ServiceStart: Sendable {
    let name: String
    let peers: [String]
    let configuration: ServiceConfiguration
    let logger: Logger
    let metrics: PrometheusMetrics
    let group: any EventLoopGroup
    let makeParts: @Sendable (ServiceContext) async throws -> ServiceParts

    /// Opens everything; what was opened is closed again when a later step fails.
    func open() async throws -> RunningService {
        let runDirectory = SystemFiles.absolute(self.configuration.text("run.directory"))
        let dataDirectory = SystemFiles.absolute(self.configuration.text("data.directory"))
        try SystemFiles.makePrivateDirectory(runDirectory)
        try SystemFiles.makePrivateDirectory(dataDirectory)
        let resources = try ServiceResources(
            configuration: self.configuration, runDirectory: runDirectory, group: self.group,
            logger: self.logger)
        do {
            let context = ServiceContext(
                name: self.name, configuration: self.configuration, logger: self.logger,
                clock: SystemWallClock(), dataDirectory: dataDirectory,
                runDirectory: runDirectory, rpcSocket: self.rpcSocket(runDirectory),
                eventLoopGroup: self.group, resources: resources)
            let parts = try await self.makeParts(context)
            return try await self.listen(parts, resources, runDirectory: runDirectory)
        } catch {
            await resources.close()
            throw error
        }
    }

    private func listen(
        _ parts: ServiceParts, _ resources: ServiceResources, runDirectory: String
    ) async throws -> RunningService {
        let board = HealthBoard()
        let router = try RPCRouter(
            parts.rpc, access: self.access, health: board,
            interceptors: [RPCInterceptors.log(self.logger), RPCInterceptors.metrics()])
        let edge = try PublicEdge(
            OperationalRoutes.edge(
                parts.publicRoutes, name: self.name, version: Self.apiVersion, board: board),
            authenticator: parts.authenticator, limits: self.limits, logger: self.logger)
        let admin = try PublicEdge(
            OperationalRoutes.admin(board, self.metrics), authenticator: nil, logger: self.logger)
        let rpcListeners = try await self.rpcListeners(
            router, PeerTokens(tokens: parts.peerTokens.mapValues { $0.reveal() }),
            socket: self.rpcSocket(runDirectory))
        let tls = try ServiceResources.tls(self.configuration, prefix: "public", authority: nil)
        let publicListener = try await PublicListener.bind(
            host: self.configuration.text("public.host"),
            port: self.configuration.integer("public.port"), edge: edge,
            tls: try tls?.serverContext(protocols: ["h2", "http/1.1"]), group: self.group)
        let adminListener = try await PublicListener.bind(
            host: "127.0.0.1", port: self.configuration.integer("admin.port"), edge: admin,
            group: self.group)
        let checks = try self.peers.map { try ReadinessCheck.peer($0, resources.carry(toPeer: $0)) }
        return RunningService(
            readyFile: ReadyFile(
                path: "\(runDirectory)/\(self.name).json", publicPort: publicListener.port,
                adminPort: adminListener.port, rpcSocket: Self.socket(of: rpcListeners),
                rpcPort: Self.port(of: rpcListeners)),
            parts: parts, resources: resources,
            readiness: ReadinessBoard(
                checks: checks + parts.readiness, board: board, logger: self.logger),
            publicListener: publicListener, adminListener: adminListener,
            rpcListeners: rpcListeners,
            graceSeconds: self.configuration.integer("shutdown.seconds-max"), logger: self.logger)
    }

    /// The version of the public API.
    private static let apiVersion = "2"

    private var access: AccessList {
        AccessList(
            self.configuration.allowedCallers.mapValues { Set($0.map { PeerName($0) }) })
    }

    private var limits: PublicLimits {
        var limits = PublicLimits()
        limits.requestsMax = self.configuration.integer("public.requests-max")
        limits.requestSecondsMax = self.configuration.integer("public.request-seconds-max")
        limits.bodyBytesMax = self.configuration.integer("public.body-bytes-max")
        return limits
    }

    /// The socket of this machine, and a TCP port with mutual TLS where one is configured.
    private func rpcListeners(
        _ router: RPCRouter, _ ownTokens: PeerTokens, socket: String
    ) async throws -> [RPCListener] {
        let tokens = try self.configuration.optionalText("rpc.peers-file").map { path in
            try PeerFiles.tokens(
                try SystemFiles.read(path, bytesMax: PeerFiles.bytesMax), path: path)
        }
        var listeners = [
            try await RPCListener.bind(
                to: .unixSocket(path: socket), router: router,
                tokens: (tokens ?? PeerTokens()).merging(ownTokens), group: self.group,
                logger: self.logger)
        ]
        guard let host = self.configuration.optionalText("rpc.tcp.host") else { return listeners }
        let tls = try ServiceResources.tls(
            self.configuration, prefix: "rpc", authority: "rpc.tls.authority")
        guard let tls, tls.authoritiesPath != nil else {
            throw ConfigurationError(
                "rpc.tcp.host needs rpc.tls.certificate, rpc.tls.key and rpc.tls.authority")
        }
        let address = HTTP2Address.tcp(
            host: host, port: self.configuration.integer("rpc.tcp.port"))
        listeners.append(
            try await RPCListener.bind(
                to: address, router: router, tls: try tls.serverContext(), group: self.group,
                logger: self.logger))
        return listeners
    }

    /// Where peers on this machine find the service.
    private func rpcSocket(_ runDirectory: String) -> String {
        self.configuration.optionalText("rpc.socket").map(SystemFiles.absolute)
            ?? "\(runDirectory)/\(self.name).sock"
    }

    private static func socket(of listeners: [RPCListener]) -> String {
        for listener in listeners {
            if case .unixSocket(let path) = listener.address { return path }
        }
        return ""
    }

    private static func port(of listeners: [RPCListener]) -> Int? {
        for listener in listeners {
            if case .tcp(_, let port) = listener.address { return port }
        }
        return nil
    }
}
