import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a run took, and how it is told.
struct Report {
    private let start: ContinuousClock.Instant
    private let cpu = Self.cpuSeconds()

    /// Begins now, or when the first call is due.
    init(startingIn headStart: TimeAmount = .zero) {
        self.start = .now + .nanoseconds(headStart.nanoseconds)
    }

    /// Prints a run's calls: `times` are nanoseconds.
    func print(times: [Int64]) {
        let seconds = self.start.duration(to: .now) / .seconds(1)
        let used = Self.cpuSeconds() - self.cpu
        let sorted = times.sorted()
        let count = Double(sorted.count)
        Swift.print(
            """
            {"calls": \(sorted.count), "calls_per_second": \(count / seconds), \
            "p50_us": \(Double(sorted[sorted.count / 2]) / 1000), \
            "p99_us": \(Double(sorted[sorted.count * 99 / 100]) / 1000), \
            "cpu_us": \(used * 1_000_000 / count)}
            """)
    }

    /// Prints how long so many items took.
    func print(items: Int) {
        let seconds = self.start.duration(to: .now) / .seconds(1)
        let used = Self.cpuSeconds() - self.cpu
        let count = Double(items)
        Swift.print(
            """
            {"items": \(items), "items_per_second": \(count / seconds), \
            "cpu_us": \(used * 1_000_000 / count)}
            """)
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
