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

    /// Prints a run's calls, and what is usual in a window of so many: the medians of the windows'
    /// percentiles, which the machine's stalls of a few milliseconds leave alone.
    func print(timed calls: [TimedCall], windowCalls: Int) {
        let windows = Dictionary(grouping: calls) { $0.number / windowCalls }.values
            .filter { $0.count == windowCalls }
            .map { window in Percentiles(window.map(\.nanoseconds)) }
        self.print(
            times: calls.map(\.nanoseconds),
            more: """
                , "windows": \(windows.count), \
                "window_p50_us": \(Percentiles(windows.map(\.p50)).p50.microseconds), \
                "window_p99_us": \(Percentiles(windows.map(\.p99)).p50.microseconds)
                """)
    }

    /// Prints a run's calls: `times` are nanoseconds.
    func print(times: [Int64], more: String = "") {
        let seconds = self.start.duration(to: .now) / .seconds(1)
        let used = Self.cpuSeconds() - self.cpu
        let percentiles = Percentiles(times)
        let count = Double(times.count)
        Swift.print(
            """
            {"calls": \(times.count), "calls_per_second": \(count / seconds), \
            "p50_us": \(percentiles.p50.microseconds), \
            "p99_us": \(percentiles.p99.microseconds), \
            "cpu_us": \(used * 1_000_000 / count)\(more)}
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

/// A call of an open loop, and its nanoseconds from when it was due.
struct TimedCall: Sendable {
    let number: Int
    let nanoseconds: Int64
}

/// The middle and the hundredth from the end of some nanoseconds, of which there is at least one.
private struct Percentiles {
    let p50: Int64
    let p99: Int64

    init(_ times: [Int64]) {
        let sorted = times.sorted()
        self.p50 = sorted[sorted.count / 2]
        self.p99 = sorted[sorted.count * 99 / 100]
    }
}

extension Int64 {
    fileprivate var microseconds: Double { Double(self) / 1000 }
}
