import HTTP2
import JSONAPI
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
        var parts = parts
        let answers = resources.answers
        if let answers {
            parts.background.append(BackgroundWork("stored answers") { try await answers.run() })
        }
        let description = PublicDescription(
            of: parts.publicRoutes.routes, name: self.name,
            peers: try parts.describedPeers.map { peer in
                (peer, RPCClient<Reflection>(carry: try resources.carry(toPeer: peer)))
            }, logger: self.logger)
        let router = try RPCRouter(
            parts.rpc, access: self.access, health: board,
            interceptors: [
                RPCInterceptors.trace(), RPCInterceptors.log(self.logger),
                RPCInterceptors.metrics(),
            ], limits: self.rpcLimits, answers: answers,
            publicAPI: description.own.bytes())
        let edge = try PublicEdge(
            OperationalRoutes.edge(parts.publicRoutes, description, board: board),
            authenticator: parts.authenticator, limits: self.limits, answers: answers,
            trustedProxies: self.trustedProxies, logger: self.logger)
        let admin = try PublicEdge(
            OperationalRoutes.admin(board, self.metrics), authenticator: nil, logger: self.logger)
        let checks = try self.peers.map { try ReadinessCheck.peer($0, resources.carry(toPeer: $0)) }
        let listeners = try await ServiceListeners.open(
            ServiceListeners.Plan(
                router: router, tokens: try self.tokens(and: parts.peerTokens),
                socket: self.rpcSocket(runDirectory), edge: edge, admin: admin,
                configuration: self.configuration, group: self.group, logger: self.logger))
        return RunningService(
            readyFile: ReadyFile(
                path: "\(runDirectory)/\(self.name).json", publicPort: listeners.http[0].port,
                adminPort: listeners.http[1].port, rpcSocket: listeners.socket,
                rpcPort: listeners.rpcPort),
            parts: parts, resources: resources,
            readiness: ReadinessBoard(
                checks: checks + parts.readiness, board: board, logger: self.logger),
            publicListener: listeners.http[0], adminListener: listeners.http[1],
            rpcListeners: listeners.rpc,
            graceSeconds: self.configuration.integer("shutdown.seconds-max"), logger: self.logger)
    }

    private var access: AccessList {
        AccessList(
            self.configuration.rpcRules.allowedCallers.mapValues { Set($0.map { PeerName($0) }) })
    }

    private var rpcLimits: RPCServerLimits {
        var limits = RPCServerLimits()
        limits.runningMin = self.configuration.integer("rpc.running-min")
        limits.runningMax = self.configuration.integer("rpc.running-max")
        limits.longRunningMax = self.configuration.integer("rpc.long-running-max")
        limits.methods = self.configuration.rpcRules.limits
        return limits
    }

    private var trustedProxies: Set<String> {
        let configured = self.configuration.list("public.trusted-proxies")
        return configured.isEmpty ? PublicEdge.loopback : Set(configured)
    }

    private var limits: PublicLimits {
        var limits = PublicLimits()
        limits.requestsMax = self.configuration.integer("public.requests-max")
        limits.requestSecondsMax = self.configuration.integer("public.request-seconds-max")
        limits.bodyBytesMax = self.configuration.integer("public.body-bytes-max")
        return limits
    }

    /// The tokens of the peers' file and those that the service makes itself.
    private func tokens(and own: [PeerName: Secret]) throws -> PeerTokens {
        let listed = try self.configuration.optionalText("rpc.peers-file").map { path in
            try PeerFiles.tokens(
                try SystemFiles.read(path, bytesMax: PeerFiles.bytesMax), path: path)
        }
        return (listed ?? PeerTokens()).merging(
            PeerTokens(tokens: own.mapValues { $0.reveal() }))
    }

    /// Where peers on this machine find the service.
    private func rpcSocket(_ runDirectory: String) -> String {
        self.configuration.optionalText("rpc.socket").map(SystemFiles.absolute)
            ?? "\(runDirectory)/\(self.name).sock"
    }
}
