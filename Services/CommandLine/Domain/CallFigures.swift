package import RPC

/// What a run of calls showed.
package struct CallFigures: Sendable {
    private var nanoseconds: [UInt64] = []
    private var errors: [RPCError.Code: Int] = [:]

    /// No calls yet.
    package init() {}

    /// Counts a call that was answered.
    package mutating func answered(after duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let total = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        self.nanoseconds.append(UInt64(max(0, total)))
    }

    /// Counts a call that failed.
    package mutating func failed(_ code: RPCError.Code) { self.errors[code, default: 0] += 1 }

    /// Takes over the calls of another run that went on at the same time.
    package mutating func add(_ other: CallFigures) {
        self.nanoseconds.append(contentsOf: other.nanoseconds)
        self.errors.merge(other.errors, uniquingKeysWith: +)
    }

    /// Calls that were answered.
    package var answeredCount: Int { self.nanoseconds.count }

    /// Calls that failed, by code, the most frequent first.
    package var failures: [(code: RPCError.Code, count: Int)] {
        self.errors.map { ($0.key, $0.value) }
            .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }
    }

    /// The time within which `percent` of the answered calls were answered (nearest rank), in
    /// microseconds, for each of `percents`; empty when no call was.
    package func microseconds(atPercents percents: [Double]) -> [Double] {
        guard !self.nanoseconds.isEmpty else { return [] }
        let sorted = self.nanoseconds.sorted()
        return percents.map { percent in
            let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
            let index = min(max(Int(rank) - 1, 0), sorted.count - 1)
            return Double(sorted[index]) / 1_000
        }
    }
}
