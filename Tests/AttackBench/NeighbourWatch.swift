import TestKit

/// Looks over the shoulder of a neighbour who calls.
struct NeighbourWatch: Sendable {
    /// How calls went.
    struct Calls: Sendable {
        /// What was waited at most, all but the worst percent of the time.
        ///
        /// Time is what counts, not calls: who waits for an answer asks nothing else meanwhile, so a
        /// server that stands still for a second would be one slow call among a thousand.
        var slowest: Duration
        /// The most memory that was resident meanwhile.
        var residentBytes: Int
        /// What the server held beyond its limits.
        var excesses: [String]
    }

    /// Calls between two looks at what is held.
    private static let callsPerLook = 4

    private let memory: ProcessMemory

    init(_ memory: ProcessMemory) { self.memory = memory }

    /// Calls, at least a number of times, and until told that it is enough.
    func calls(
        of neighbour: Neighbour, at target: some AttackTarget, until finished: Gate? = nil
    ) async throws -> Calls {
        var durations: [Duration] = []
        var calls = Calls(slowest: .zero, residentBytes: 0, excesses: [])
        while durations.count < AttackBounds.callsMin || finished?.isOpen == false {
            let began = ContinuousClock.now
            try await neighbour.call()
            durations.append(began.duration(to: .now))
            if durations.count % Self.callsPerLook == 0, calls.excesses.isEmpty {
                calls.residentBytes = max(calls.residentBytes, self.memory.residentBytes)
                calls.excesses = try await target.excesses()
            }
        }
        calls.slowest = Self.percentile99(of: durations)
        return calls
    }

    /// The wait that only a hundredth of the time was spent in longer ones.
    static func percentile99(of durations: [Duration]) -> Duration {
        var left = durations.reduce(.zero, +) / 100
        for duration in durations.sorted(by: >) {
            if duration > left { return duration }
            left -= duration
        }
        return .zero
    }
}
