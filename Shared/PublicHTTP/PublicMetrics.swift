import JSONAPI
import Metrics
import Synchronization

/// Rate, errors and duration of public requests, by operation.
///
/// `http_requests` counts by route template, method and status; `http_request_duration` times by
/// route template and method. Label values come from the declared routes, never from requests.
final class PublicMetrics: Sendable {
    private struct Key: Hashable {
        let operation: Int
        let status: Int
    }

    /// What unroutable requests are counted under.
    private static let unrouted = -1

    private let names: [(route: String, method: String)]
    private let timers: [Timer]
    private let unroutedTimer: Timer
    private let counters = Mutex<[Key: Counter]>([:])

    init(_ routes: [Route]) {
        self.names = routes.map { ($0.path.text, $0.method.rawValue) }
        self.timers = routes.map {
            Timer(
                label: "http_request_duration",
                dimensions: [("route", $0.path.text), ("method", $0.method.rawValue)])
        }
        self.unroutedTimer = Timer(
            label: "http_request_duration", dimensions: [("route", "none"), ("method", "any")])
    }

    func record(operation: Int?, method: String, status: Int, duration: Duration) {
        let index = operation ?? Self.unrouted
        let counter = self.counters.withLock { counters in
            let key = Key(operation: index, status: status)
            if let counter = counters[key] { return counter }
            let name = operation.map { self.names[$0] } ?? (route: "none", method: "any")
            let counter = Counter(
                label: "http_requests",
                dimensions: [
                    ("route", name.route), ("method", name.method), ("status", "\(status)"),
                ])
            counters[key] = counter
            return counter
        }
        counter.increment()
        let timer = operation.map { self.timers[$0] } ?? self.unroutedTimer
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
