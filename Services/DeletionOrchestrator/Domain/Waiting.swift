/// When work is tried again, and what it waits for.
///
/// Never gives up: the ceiling of the wait doubles from 50 ms to 60 s with each failure, and the
/// wait is a random part of it, so that jobs that failed together do not come back together.
package struct Waiting: Hashable, Sendable {
    /// Failures since something last moved.
    package var attempts: Int
    /// No earlier than this, in milliseconds since 1970.
    package var until: Int64
    /// What is waited for; `nil` when nothing is.
    package var reason: Condition?
    /// Since when that has been so, in milliseconds since 1970.
    package var since: Int64

    package init(attempts: Int = 0, until: Int64 = 0, reason: Condition? = nil, since: Int64 = 0) {
        self.attempts = attempts
        self.until = until
        self.reason = reason
        self.since = since
    }

    /// Waits for longer than the last time; `jitter` (0 to 1) says which part of the ceiling.
    mutating func postpone(
        because reason: Condition, at now: Int64, jitter: Double,
        ceilingMax: Int64 = OrchestratorLimits.waitMillisecondsMax
    ) {
        let doublings = min(self.attempts, 20)
        let ceiling = min(OrchestratorLimits.firstWaitMilliseconds << doublings, ceilingMax)
        self.attempts += 1
        self.until = now + max(1, Int64(Double(ceiling) * min(max(jitter, 0), 1)))
        if self.reason.map({ $0.isAbout(reason) }) != true { self.since = now }
        self.reason = reason
    }

    /// Nothing is waited for; the number of failures stays until something moves.
    mutating func clear() {
        self.until = 0
        self.reason = nil
    }

    /// Something moved.
    mutating func moved() {
        self.clear()
        self.attempts = 0
    }

    /// Somebody wants it tried now.
    mutating func hurry() { self.until = 0 }
}

extension Condition {
    /// Whether two conditions differ in their numbers at most, and so go on from one another.
    fileprivate func isAbout(_ other: Condition) -> Bool {
        switch (self, other) {
        case (.workersRemaining, .workersRemaining): true
        case (.kindRemaining(let left, _), .kindRemaining(let right, _)): left == right
        default: self == other
        }
    }
}
