/// When a safe call that is slow to be answered is made a second time, beside the first.
///
/// The first answer counts, and the other attempt is cancelled. Only unary methods that are `.safe`
/// are hedged, at most once an attempt, and never more than a share of all calls: when a service is
/// slow as a whole, a second call of everything would only make it slower.
public struct HedgePolicy: Sendable {
    /// How long the first attempt is given.
    public enum Delay: Hashable, Sendable {
        /// Always as long as this.
        case fixed(Duration)
        /// As long as 95 of 100 of the method's recent calls took, and `initial` until enough of
        /// them have been seen.
        case percentile95(initial: Duration)
    }

    /// How long the first attempt is given.
    public var delay: Delay
    /// Hedges in 100 calls at most, over the window.
    public var percentMax: Int
    let clock: ElapsedClock

    /// Makes a policy.
    ///
    /// - Parameter percentMax: hedges in 100 of the client's hedgeable calls of the last 10 seconds;
    ///   fewer than `100 / percentMax` calls in that time allow none.
    public init(_ delay: Delay, percentMax: Int = 5) {
        self.init(delay, percentMax: percentMax, clock: ContinuousClock())
    }

    /// Makes a policy on a clock of another kind.
    package init<Source: Clock>(
        _ delay: Delay, percentMax: Int, clock: Source
    ) where Source.Duration == Duration {
        self.delay = delay
        self.percentMax = min(max(percentMax, 0), 100)
        self.clock = ElapsedClock(clock)
    }
}

/// Bounds of hedging.
enum HedgeLimits {
    /// The time over which hedges are held against calls.
    static let windowSeconds = 10
    /// Recent calls of a method that its 95th percentile is taken from.
    static let samplesMax = 128
    /// Calls before there is a percentile.
    static let samplesMin = 20
    /// Calls after which the percentile is worked out again.
    static let samplesStep = 16
}

/// Counts calls and hedges over the last seconds, and says whether another hedge is allowed.
struct HedgeWindow: Hashable, Sendable {
    private struct Second: Hashable {
        var number = Int.min
        var calls = 0
        var hedges = 0
    }

    private let percentMax: Int
    private var seconds = [Second](repeating: Second(), count: HedgeLimits.windowSeconds)

    init(percentMax: Int) {
        self.percentMax = percentMax
    }

    /// A call that may be hedged begins.
    mutating func began(at now: Duration) {
        self.seconds[self.place(of: now)].calls += 1
    }

    /// Takes leave for a hedge; whether there is any.
    mutating func takeHedge(at now: Duration) -> Bool {
        let place = self.place(of: now)
        let oldest = self.seconds[place].number - HedgeLimits.windowSeconds
        let recent = self.seconds.filter { $0.number > oldest }
        let calls = recent.reduce(0) { $0 + $1.calls }
        let hedges = recent.reduce(0) { $0 + $1.hedges }
        guard (hedges + 1) * 100 <= calls * self.percentMax else { return false }
        self.seconds[place].hedges += 1
        return true
    }

    /// The place of the running second, emptied when it held an older one.
    private mutating func place(of now: Duration) -> Int {
        let number = Int(now.components.seconds)
        let place = number % HedgeLimits.windowSeconds
        if self.seconds[place].number != number { self.seconds[place] = Second(number: number) }
        return place
    }
}

/// The 95th percentile of a method's recent calls.
struct RecentLatencies: Hashable, Sendable {
    private var samples: [Duration] = []
    private var next = 0
    private var sinceSorted = 0
    /// `nil` until enough calls have been seen.
    private(set) var percentile95: Duration?

    /// Adds how long a call took.
    mutating func add(_ sample: Duration) {
        if self.samples.count < HedgeLimits.samplesMax {
            self.samples.append(sample)
        } else {
            self.samples[self.next] = sample
            self.next = (self.next + 1) % HedgeLimits.samplesMax
        }
        self.sinceSorted += 1
        let isDue = self.percentile95 == nil || self.sinceSorted >= HedgeLimits.samplesStep
        guard self.samples.count >= HedgeLimits.samplesMin, isDue else { return }
        self.sinceSorted = 0
        self.percentile95 = self.samples.sorted()[self.samples.count * 95 / 100]
    }
}
