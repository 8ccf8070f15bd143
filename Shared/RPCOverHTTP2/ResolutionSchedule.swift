/// Decides when the endpoints of a peer are looked up.
///
/// From time to time; early when an endpoint fails, for it may have moved; and never one look-up
/// while another is under way, or more often than the limits say.
struct ResolutionSchedule: Hashable, Sendable {
    /// What is to be done.
    enum Action: Hashable, Sendable {
        /// Nothing now.
        case none
        /// Look the endpoints up, and say how it ended.
        case resolve
    }

    private let interval: Duration
    private let intervalMin: Duration
    private var isResolving = false
    private var failures = 0
    /// When the next look-up is due.
    private var due = Duration.zero
    /// Before when there is none, however much it is wanted.
    private var earliest = Duration.zero

    init(_ limits: RPCPoolLimits) {
        self.interval = .seconds(limits.resolveSeconds)
        self.intervalMin = .seconds(min(limits.resolveSecondsMin, limits.resolveSeconds))
    }

    /// Time has passed.
    mutating func ticked(at now: Duration) -> Action {
        guard !self.isResolving, now >= self.due else { return .none }
        self.isResolving = true
        return .resolve
    }

    /// An endpoint failed, or a call found none.
    mutating func wanted(at now: Duration) -> Action {
        self.due = min(self.due, self.earliest)
        return self.ticked(at: now)
    }

    /// The look-up ended; after failures the next waits twice as long each time.
    mutating func ended(isSuccess: Bool, at now: Duration) {
        self.isResolving = false
        self.failures = isSuccess ? 0 : min(self.failures + 1, 16)
        self.earliest =
            now + min(self.intervalMin * (1 << max(self.failures - 1, 0)), self.interval)
        self.due = isSuccess ? now + self.interval : self.earliest
    }

    /// Whether a look-up is under way.
    var isUnderWay: Bool { self.isResolving }
}
