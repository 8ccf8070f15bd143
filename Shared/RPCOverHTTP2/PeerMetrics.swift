import Metrics
import Synchronization

/// The figures of one peer's pool, all labelled with the peer's name.
final class PeerMetrics: Sendable {
    private let openConnections = Mutex(0)
    private let connections: Gauge
    private let endpoints: Gauge
    private let ejected: Gauge
    private let ejections: Counter
    private let connectFailures: Counter
    private let resolveFailures: Counter

    init(peer: String) {
        let dimensions = [("peer", peer)]
        self.connections = Gauge(label: "rpc_client_connections", dimensions: dimensions)
        self.endpoints = Gauge(label: "rpc_client_endpoints", dimensions: dimensions)
        self.ejected = Gauge(label: "rpc_client_endpoints_ejected", dimensions: dimensions)
        self.ejections = Counter(label: "rpc_client_ejections_total", dimensions: dimensions)
        self.connectFailures = Counter(
            label: "rpc_client_connect_failures_total", dimensions: dimensions)
        self.resolveFailures = Counter(
            label: "rpc_client_resolve_failures_total", dimensions: dimensions)
    }

    /// A connection was made (1) or is closed (-1).
    func connectionsChanged(by difference: Int) {
        self.openConnections.withLock { count in
            count += difference
            self.connections.record(count)
        }
    }

    func endpointsChanged(to count: Int, ejected: Int) {
        self.endpoints.record(count)
        self.ejected.record(ejected)
    }

    func endpointEjected() { self.ejections.increment() }

    func connectFailed() { self.connectFailures.increment() }

    func resolveFailed() { self.resolveFailures.increment() }
}
