/// Drives the worker of one flow: told what happens, it says what to do next.
///
/// Times are milliseconds of a clock that never goes back. Exactly one action follows each event;
/// nothing is done twice, whatever is told again.
package struct WorkerCourse: Hashable, Sendable {
    /// What to do next.
    package enum Action: Hashable, Sendable {
        /// Nothing until the next event.
        case wait
        /// Nothing until the next event or this time.
        case waitUntil(Int64)
        /// Make a worker; ends in `started` or `startFailed`.
        case start
        /// Ask the worker to end (SIGTERM).
        case terminate(waitUntil: Int64)
        /// End the worker by force.
        case kill
        /// There is no worker and none is wanted: leave.
        case leave
    }

    private enum Phase: Hashable, Sendable {
        case idle
        case starting
        case running(since: Int64)
        case terminating(until: Int64)
        case killing
        case resting(until: Int64)
    }

    private let graceMilliseconds: Int64
    private var phase = Phase.idle
    private var isWanted = false
    private var backoff = RestartBackoff()

    package init(graceMilliseconds: Int64) { self.graceMilliseconds = graceMilliseconds }

    /// Whether a worker is wanted has been looked up.
    package mutating func wanted(_ isWanted: Bool, now: Int64) -> Action {
        self.isWanted = isWanted
        switch self.phase {
        case .idle:
            return self.next(now: now)
        case .resting(let until):
            if !isWanted { return self.next(now: now) }
            return now >= until ? self.next(now: now) : .waitUntil(until)
        case .running:
            return isWanted ? .wait : self.terminate(now: now)
        case .terminating(let until): return .waitUntil(until)
        case .starting, .killing: return .wait
        }
    }

    /// The worker has been told to work.
    package mutating func started(now: Int64) -> Action {
        guard self.phase == .starting else { return .wait }
        self.phase = .running(since: now)
        return self.isWanted ? .wait : self.terminate(now: now)
    }

    /// No worker could be made, and none is left over.
    package mutating func startFailed(now: Int64) -> Action {
        guard self.phase == .starting else { return .wait }
        return self.rest(now: now)
    }

    /// The worker is wholly gone and forgotten.
    package mutating func ended(now: Int64) -> Action {
        switch self.phase {
        case .running(let since):
            if now - since >= RestartBackoff.steadyMilliseconds { self.backoff = RestartBackoff() }
            return self.rest(now: now)
        case .terminating, .killing:
            return self.next(now: now)
        case .idle, .starting, .resting: return .wait
        }
    }

    /// A time that was waited for may have come.
    package mutating func timeCame(now: Int64) -> Action {
        switch self.phase {
        case .terminating(let until):
            if now < until { return .waitUntil(until) }
            self.phase = .killing
            return .kill
        case .resting(let until):
            return now >= until ? self.next(now: now) : .waitUntil(until)
        case .idle, .starting, .running, .killing: return .wait
        }
    }

    private mutating func next(now: Int64) -> Action {
        self.phase = self.isWanted ? .starting : .idle
        return self.isWanted ? .start : .leave
    }

    private mutating func terminate(now: Int64) -> Action {
        let until = now + self.graceMilliseconds
        self.phase = .terminating(until: until)
        return .terminate(waitUntil: until)
    }

    private mutating func rest(now: Int64) -> Action {
        guard self.isWanted else { return self.next(now: now) }
        let until = now + self.backoff.nextMilliseconds()
        self.phase = .resting(until: until)
        return .waitUntil(until)
    }
}

/// How long to wait before a worker that failed is made again.
package struct RestartBackoff: Hashable, Sendable {
    package static let firstMilliseconds: Int64 = 50
    package static let millisecondsMax: Int64 = 30_000
    /// A worker that lasted this long counts as sound.
    package static let steadyMilliseconds: Int64 = 60_000

    private var current = RestartBackoff.firstMilliseconds

    package init() {}

    /// The wait after one more failure; twice the one before.
    package mutating func nextMilliseconds() -> Int64 {
        defer { self.current = min(self.current * 2, Self.millisecondsMax) }
        return self.current
    }
}
