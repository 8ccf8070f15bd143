import Synchronization

/// Says whether a service is ready for work; served by every service.
public enum Health: RPCService {
    public static let name = "health.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(CheckHealth.self), .stream(WatchHealth.self),
    ]

    static func routes(_ board: HealthBoard, services: Set<String>) -> any RPCRouteTable {
        @Sendable func check(_ service: String?) throws {
            guard let service, !services.contains(service) else { return }
            throw RPCError(.notFound, "no service \(service) is served here")
        }
        var routes = RPCRoutes(Health.self)
        routes.on(CheckHealth.self) { request in
            try check(request.service)
            return board.status(of: request.service)
        }
        routes.onStream(WatchHealth.self) { request in
            try check(request.service)
            return try board.changes(of: request.service)
        }
        return routes
    }
}

/// Asks whether a process, or one service it serves, is ready for work.
///
/// Answered with `not_found` for a service that is not served.
@Message
public struct CheckHealth: RPCMethod {
    public typealias Service = Health
    public typealias Reply = HealthStatus
    public static let name = "Check"
    public static let repetition = Repetition.safe

    /// The service's name, for example `contracts.v1`; all of the process without one.
    public var service: String?

    /// Makes the request.
    public init(service: String? = nil) { self.service = service }
}

/// Asks to be told now, and whenever it changes, whether a process or one service is ready for work.
///
/// The stream ends when the process is about to. A slow reader is told the newest status only.
/// Answered with `not_found` for a service that is not served, and with `resource_exhausted` when
/// there are as many watchers as may be.
@Message
public struct WatchHealth: RPCStreamMethod {
    public typealias Service = Health
    public typealias Element = HealthStatus
    public static let name = "Watch"
    public static let repetition = Repetition.safe

    /// The service's name, for example `contracts.v1`; all of the process without one.
    public var service: String?

    /// Makes the request.
    public init(service: String? = nil) { self.service = service }
}

/// Whether a service is ready for work, and what keeps it from being.
@Message
public struct HealthStatus: Codable, Hashable, Sendable {
    /// Whether work is welcome.
    public var isServing: Bool
    /// What is missing, for people; empty when nothing is.
    public var reasons: [String]

    /// Makes a status.
    public init(isServing: Bool, reasons: [String] = []) {
        self.isServing = isServing
        self.reasons = reasons
    }
}
