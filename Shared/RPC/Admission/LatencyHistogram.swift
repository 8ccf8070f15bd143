/// How long recent calls took, in buckets a quarter of an octave wide.
///
/// Calls fade: what was counted before counts half after ``fade()``.
struct LatencyHistogram: Hashable, Sendable {
    /// Times below 2^10 ns count as that, times from 2^40 ns (18 minutes) as just below.
    private static let exponents = 10..<40

    private var counts = [UInt32](repeating: 0, count: Self.exponents.count * 4)
    private(set) var total = 0

    /// Counts a call.
    mutating func take(_ nanoseconds: Int64) {
        self.counts[Self.bucket(of: nanoseconds)] += 1
        self.total += 1
    }

    /// Halves what was counted.
    mutating func fade() {
        for index in self.counts.indices { self.counts[index] /= 2 }
        self.total = self.counts.reduce(0) { $0 + Int($1) }
    }

    /// The time that `percent` of the calls reach, rounded down to its bucket's lower end.
    func time(reachedBy percent: Int) -> Int64 {
        var left = self.total * percent / 100
        for (index, count) in self.counts.enumerated() {
            left -= Int(count)
            if left < 0 { return Self.lowerEnd(ofBucket: index) }
        }
        return 0
    }

    private static func bucket(of nanoseconds: Int64) -> Int {
        let lowest = Int64(1) << Int64(self.exponents.lowerBound)
        let highest = Int64(1) << Int64(self.exponents.upperBound) - 1
        let value = min(max(nanoseconds, lowest), highest)
        let exponent = 63 - value.leadingZeroBitCount
        let quarter = Int(value >> Int64(exponent - 2)) & 3
        return (exponent - self.exponents.lowerBound) * 4 + quarter
    }

    private static func lowerEnd(ofBucket index: Int) -> Int64 {
        let exponent = self.exponents.lowerBound + index / 4
        return Int64(4 + index % 4) << Int64(exponent - 2)
    }
}
