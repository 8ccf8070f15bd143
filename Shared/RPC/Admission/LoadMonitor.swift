/// Watches how long calls take and how many run, and says what follows from it.
///
/// A value without a clock: it is told of calls as they end, with the time in nanoseconds from any
/// fixed point.
struct LoadMonitor: Sendable {
    /// What follows from a window.
    struct Report: Hashable, Sendable {
        /// The calls that may run at once from now on.
        var limit: Int
        /// The calls that ran at once, at most.
        var running: Int
        /// What half of the calls of each method take, in nanoseconds: 0 where too few are known,
        /// `nil` where there is no news.
        var expected: [Int64?]
        /// One call in this many is to be reported; a power of two.
        var sampleEvery: UInt64
    }

    /// The least time from one report to the next.
    static let windowNanoseconds: Int64 = 250_000_000
    /// A window goes on until so many calls have ended…
    static let samplesMin = 16
    /// … or so much time has passed.
    static let windowNanosecondsMax: Int64 = 2_000_000_000
    /// Calls a window is meant to have, give or take a factor of two.
    static let samplesWanted = 256
    /// One call in this many is reported at least.
    static let sampleEveryMax: UInt64 = 256

    private var limit: ConcurrencyLimit
    private var methods: [MethodLatency]
    private var sampleEvery: UInt64 = 1
    private var windowStart: Int64?
    private var samples = 0
    private var easeSum = 0.0
    private var runningMax = 0

    /// Makes a monitor for so many methods.
    init(methods: Int, limits: RPCServerLimits) {
        self.limit = ConcurrencyLimit(min: limits.runningMin, max: limits.runningMax)
        self.methods = Array(repeating: MethodLatency(), count: methods)
    }

    /// The calls that may run at once.
    var calls: Int { self.limit.calls }

    /// Takes a call that has ended.
    ///
    /// - Parameters:
    ///   - nanoseconds: how long it took.
    ///   - running: how many ran when it began, itself included.
    ///   - now: when it ended.
    /// - Returns: what follows, when a window is over.
    mutating func take(
        method: Int, nanoseconds: Int64, running: Int, now: Int64
    ) -> Report? {
        self.easeSum += self.methods[method].take(nanoseconds)
        self.samples += 1
        self.runningMax = max(self.runningMax, running)
        guard let start = self.windowStart else {
            self.windowStart = now
            return nil
        }
        let age = now - start
        guard age >= Self.windowNanoseconds,
            self.samples >= Self.samplesMin || age >= Self.windowNanosecondsMax
        else { return nil }
        return self.closeWindow(now)
    }

    private mutating func closeWindow(_ now: Int64) -> Report {
        let load = self.limit.load(running: self.runningMax)
        let step = self.limit.take(ease: self.easeSum / Double(self.samples), load: load)
        let expected = self.methods.indices.map { index in
            if step == .relearn { self.methods[index].forgetUsual() }
            return self.methods[index].closeWindow(load)
        }
        if self.samples > Self.samplesWanted * 2 {
            self.sampleEvery = min(self.sampleEvery * 2, Self.sampleEveryMax)
        } else if self.samples < Self.samplesWanted / 2 {
            self.sampleEvery = max(self.sampleEvery / 2, 1)
        }
        defer {
            self.windowStart = now
            self.samples = 0
            self.easeSum = 0
            self.runningMax = 0
        }
        return Report(
            limit: self.limit.calls, running: self.runningMax,
            expected: expected, sampleEvery: self.sampleEvery)
    }
}
