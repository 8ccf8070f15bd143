/// What is known of how long the calls of one method take.
struct MethodLatency: Hashable, Sendable {
    /// How busy a server was for a while.
    enum Load: Hashable, Sendable {
        /// So little ran that calls did not wait for each other.
        case light
        /// Less than half of what may.
        case moderate
        /// More than that: how long calls take says what the load costs, not what they are.
        case heavy
    }

    /// How much longer than usual calls may take before the limit falls.
    static let tolerance = 2.0
    /// The least a single call can say: it took at least four times as long as usual.
    static let easeMin = 0.5
    /// Calls in a window that say something about what is usual.
    private static let samplesMin = 4
    /// Calls known before anything is expected of further ones.
    private static let expectedSamplesMin = 32
    /// Calls known after which each window halves what the earlier ones count.
    private static let fadingSamplesMin = 64
    /// The share of calls whose time is expected of a call.
    private static let expectedPercent = 50

    /// How long a call takes while there is little to do, in nanoseconds.
    private(set) var usual: Double?
    private var histogram = LatencyHistogram()
    private var windowSum = 0.0
    private var windowCount = 0
    private var hasNews = false

    /// Counts a call and says how easily the server carried it: 1 as quickly as usual, 0.5 far from
    /// it.
    mutating func take(_ nanoseconds: Int64) -> Double {
        self.histogram.take(nanoseconds)
        self.windowSum += Double(nanoseconds)
        self.windowCount += 1
        self.hasNews = true
        guard let usual = self.usual else { return 1 }
        let ease = Self.tolerance * usual / Double(max(nanoseconds, 1))
        return min(max(ease, Self.easeMin), 1)
    }

    /// Learns what is usual from the calls since the last time; slowly unless there was little to
    /// do, and never upwards under heavy load.
    ///
    /// - Returns: what at least half of the calls take now, in nanoseconds; 0 while too few are
    ///   known, `nil` when no call has ended since the last time.
    mutating func closeWindow(_ load: Load) -> Int64? {
        guard self.hasNews else { return nil }
        self.hasNews = false
        self.learnUsual(load)
        defer { if self.histogram.total >= Self.fadingSamplesMin { self.histogram.fade() } }
        guard self.histogram.total >= Self.expectedSamplesMin else { return 0 }
        return self.histogram.time(reachedBy: 100 - Self.expectedPercent)
    }

    private mutating func learnUsual(_ load: Load) {
        guard self.windowCount >= Self.samplesMin || (self.usual == nil && self.windowCount > 0)
        else { return }
        let mean = self.windowSum / Double(self.windowCount)
        self.windowSum = 0
        self.windowCount = 0
        guard let usual = self.usual else {
            self.usual = mean
            return
        }
        let weight: Double
        if mean < usual {
            weight = 0.5
        } else {
            switch load {
            case .light: weight = 0.25
            case .moderate: weight = 1.0 / 64
            case .heavy: weight = 0
            }
        }
        self.usual = usual + (mean - usual) * weight
    }

    /// Forgets what is usual, so that the next window says it.
    mutating func forgetUsual() { self.usual = nil }
}
