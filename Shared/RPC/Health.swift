import Synchronization

/// Says whether a service is ready for work; served by every service.
public enum Health: RPCService {
    public static let name = "health.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(CheckHealth.self), .stream(WatchHealth.self),
    ]

    static func routes(_ board: HealthBoard) -> any RPCRouteTable {
        var routes = RPCRoutes(Health.self)
        routes.on(CheckHealth.self) { _ in board.status }
        routes.onStream(WatchHealth.self) { _ in board.changes() }
        return routes
    }
}

/// Asks whether the service is ready for work.
public struct CheckHealth: RPCMethod {
    public typealias Service = Health
    public typealias Reply = HealthStatus
    public static let name = "Check"
    public static let repetition = Repetition.safe

    /// Makes the request.
    public init() {}
}

/// Asks to be told now and whenever it changes whether the service is ready for work.
public struct WatchHealth: RPCStreamMethod {
    public typealias Service = Health
    public typealias Element = HealthStatus
    public static let name = "Watch"
    public static let repetition = Repetition.safe

    /// Makes the request.
    public init() {}
}

/// Whether a service is ready for work, and what keeps it from being.
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

/// Where a service writes how it is, and watchers read it.
public final class HealthBoard: Sendable {
    private struct State {
        var status = HealthStatus(isServing: true)
        var watchers: [Int: AsyncStream<HealthStatus>.Continuation] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// Makes a board that says "serving".
    public init() {}

    /// How the service is.
    public var status: HealthStatus { self.state.withLock { $0.status } }

    /// Writes how the service is; watchers are told when it differs.
    public func set(_ status: HealthStatus) {
        let watchers = self.state.withLock { state in
            if state.status == status { return [AsyncStream<HealthStatus>.Continuation]() }
            state.status = status
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.yield(status) }
    }

    /// The status now and each change; a slow reader sees the newest only.
    public func changes() -> AsyncStream<HealthStatus> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let (watcher, status) = self.state.withLock { state in
                state.nextWatcher += 1
                state.watchers[state.nextWatcher] = continuation
                return (state.nextWatcher, state.status)
            }
            continuation.onTermination = { _ in
                self.state.withLock { $0.watchers[watcher] = nil }
            }
            continuation.yield(status)
        }
    }
}
