import Metrics

/// Why a call is refused before it has begun.
enum AdmissionRefusal: String, CaseIterable, Sendable {
    /// As many calls run as are carried well.
    case overload
    /// What is left of the deadline is less than the method usually takes.
    case deadline
    /// As many calls of the method run as may.
    case method
    /// As many streams and long calls are open as may be.
    case long
}

/// The figures of what a server lets in: `rpc_server_limit` and `rpc_server_running` (the most calls
/// at once of the last window), `rpc_server_refusals_total` by reason and criticality.
struct AdmissionMetrics: Sendable {
    private let limit = Gauge(label: "rpc_server_limit")
    private let running = Gauge(label: "rpc_server_running")
    private let refusals: [Counter]

    init() {
        self.refusals = AdmissionRefusal.allCases.flatMap { reason in
            CallContext.Criticality.allCases.map { criticality in
                Counter(
                    label: "rpc_server_refusals_total",
                    dimensions: [
                        ("reason", reason.rawValue), ("criticality", criticality.rawValue),
                    ])
            }
        }
    }

    func report(limit: Int, running: Int) {
        self.limit.record(limit)
        self.running.record(running)
    }

    func refused(_ reason: AdmissionRefusal, _ criticality: CallContext.Criticality) {
        let reasons = AdmissionRefusal.allCases
        let criticalities = CallContext.Criticality.allCases
        guard let row = reasons.firstIndex(of: reason),
            let column = criticalities.firstIndex(of: criticality)
        else { return }
        self.refusals[row * criticalities.count + column].increment()
    }
}
