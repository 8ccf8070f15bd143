import JSONAPI
import PublicHTTP
import RPC

/// The operations that look after the service itself.
enum OperationalRoutes {
    private static let healthz = Route(
        .get, "/healthz", id: "healthz", summary: "Whether the process lives",
        permission: "anybody", authentication: .none,
        answers: [.init(200, "It does.", .json(.map(.anything)))])

    private static let readyz = Route(
        .get, "/readyz", id: "readyz", summary: "Whether the service is ready for work",
        permission: "anybody", authentication: .none,
        answers: [
            .init(200, "It is.", .json(.map(.anything))),
            .init(503, "It is not; the reasons are listed.", .json(.map(.anything))),
        ])

    private static let metrics = Route(
        .get, "/metrics", id: "metrics", summary: "Figures for Prometheus",
        permission: "anybody on this machine", authentication: .none,
        answers: [.init(200, "Text format 0.0.4.", .bytes("text/plain"))])

    /// Health, on every listener.
    static func health(_ board: HealthBoard) -> PublicRoutes {
        var routes = PublicRoutes()
        routes.on(Self.healthz) { _ in .json(["status": "alive"]) }
        routes.on(Self.readyz) { _ in
            let status = board.status
            return .json(ReadinessBoard.json(status), status: status.isServing ? 200 : 503)
        }
        return routes
    }

    /// Health and figures, on the loopback listener only.
    static func admin(_ board: HealthBoard, _ metrics: PrometheusMetrics) -> PublicRoutes {
        var routes = self.health(board)
        routes.on(Self.metrics) { _ in
            .bytes(
                Array(metrics.text().utf8), mediaType: "text/plain; version=0.0.4; charset=utf-8")
        }
        return routes
    }

    /// A service's operations with their description and health.
    static func edge(
        _ service: PublicRoutes, _ description: PublicDescription, board: HealthBoard
    ) -> PublicRoutes {
        var routes = service
        routes.on(PublicDescription.route) { _ in .json(try await description.document()) }
        routes.add(self.health(board))
        return routes
    }
}
