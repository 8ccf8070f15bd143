public import PublicHTTP
public import RPC

/// What a service brings: what it serves, what it does on its own, and what it needs to be ready.
public struct ServiceParts: Sendable {
    /// The tables of RPC methods.
    public var rpc: [any RPCRouteTable]
    /// The public operations.
    public var publicRoutes: PublicRoutes
    /// The peers whose public operations clients find under the same address: this service's
    /// `/v2/openapi.json` describes theirs with its own.
    public var describedPeers: [String]
    /// Who says who stands behind public credentials; needed when an operation asks for them.
    public var authenticator: (any Authenticator)?
    /// What runs as long as the service does.
    public var background: [BackgroundWork]
    /// What must hold for the service to be ready.
    public var readiness: [ReadinessCheck]
    /// Tokens of peers that the service makes itself and names to them; known on its socket only.
    public var peerTokens: [PeerName: Secret]

    /// Names the parts.
    public init(
        rpc: [any RPCRouteTable] = [], publicRoutes: PublicRoutes = PublicRoutes(),
        describedPeers: [String] = [],
        authenticator: (any Authenticator)? = nil, background: [BackgroundWork] = [],
        readiness: [ReadinessCheck] = [], peerTokens: [PeerName: Secret] = [:]
    ) {
        self.rpc = rpc
        self.publicRoutes = publicRoutes
        self.describedPeers = describedPeers
        self.authenticator = authenticator
        self.background = background
        self.readiness = readiness
        self.peerTokens = peerTokens
    }
}

/// Work that runs as long as the service does: relays, sweeps, supervisors.
///
/// It is cancelled when the service shuts down, after the listeners have drained and before the
/// database closes. Returning early or throwing is a fault: the service logs it and ends.
public struct BackgroundWork: Sendable {
    /// The name in logs.
    public let name: String
    /// Whether others call the service back because of it, and must be able to until it has ended:
    /// then it is cancelled before the listeners for peers drain, not after.
    public let isCalledBack: Bool
    /// The work; it runs until it is cancelled.
    public let run: @Sendable () async throws -> Void

    /// Names a piece of work.
    public init(
        _ name: String, isCalledBack: Bool = false, run: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.isCalledBack = isCalledBack
        self.run = run
    }
}

/// Something that must hold for the service to be ready.
public struct ReadinessCheck: Sendable {
    /// The name in `/readyz`.
    public let name: String
    /// Why the service is not ready, for people (`contracts unreachable`); `nil` when it is.
    ///
    /// Asked every few seconds, with a time limit; too slow or throwing counts as not ready.
    public let reason: @Sendable () async throws -> String?

    /// Names a check.
    public init(_ name: String, reason: @escaping @Sendable () async throws -> String?) {
        self.name = name
        self.reason = reason
    }
}
