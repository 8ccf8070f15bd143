import TestKit

/// Looks over the shoulder of a neighbour who calls.
struct NeighbourWatch: Sendable {
    /// How calls went.
    struct Calls: Sendable {
        /// What all but the slowest percent took at most.
        var slowest: Duration
        /// The most memory that was resident meanwhile.
        var residentBytes: Int
        /// What the server held beyond its limits.
        var excesses: [String]
    }

    /// Calls between two looks at what is held.
    private static let callsPerLook = 16

    private let callsMin: Int
    private let memory: ProcessMemory

    init(_ bounds: AttackBounds, _ memory: ProcessMemory) {
        self.callsMin = bounds.callsMin
        self.memory = memory
    }

    /// Calls, at least a number of times, and until told that it is enough.
    func calls(
        of neighbour: Neighbour, at target: some AttackTarget, until finished: Gate? = nil
    ) async throws -> Calls {
        var durations: [Duration] = []
        var calls = Calls(slowest: .zero, residentBytes: 0, excesses: [])
        while durations.count < self.callsMin || finished?.isOpen == false {
            let began = ContinuousClock.now
            try await neighbour.call()
            durations.append(began.duration(to: .now))
            if durations.count % Self.callsPerLook == 0, calls.excesses.isEmpty {
                calls.residentBytes = max(calls.residentBytes, self.memory.residentBytes)
                calls.excesses = try await target.excesses()
            }
        }
        durations.sort()
        calls.slowest = durations[(durations.count - 1) * 99 / 100]
        return calls
    }
}
