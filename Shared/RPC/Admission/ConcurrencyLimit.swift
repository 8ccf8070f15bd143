/// How many calls may run at once, learned from how easily they are carried.
///
/// A gradient limit: in each window the limit is multiplied by how easily calls were carried, plus
/// its square root as head room, and smoothed; while all is easy it grows by half instead. It moves
/// only when it is used, so that it stays near what has been carried well, and begins at its floor,
/// so that what is usual is learned before much runs.
struct ConcurrencyLimit: Hashable, Sendable {
    /// What happened to the limit.
    enum Step: Hashable, Sendable {
        /// Too little ran to tell.
        case kept
        /// The limit was moved, or is where it was.
        case moved
        /// The limit has been at its floor and calls are slow all the same: slow is what is usual
        /// now, and is to be learned anew.
        case relearn
    }

    /// Windows at the floor after which what is usual is learned anew.
    static let floorWindowsMax = 5
    /// The ease above which the limit grows by a factor.
    private static let easyMin = 0.95
    private static let growth = 1.5
    private static let risingWeight = 0.2
    private static let fallingWeight = 0.5

    private let bounds: ClosedRange<Double>
    private var estimate: Double
    private var floorWindows = 0

    /// Makes a limit between bounds, at first the lower one.
    init(min: Int, max: Int) {
        self.bounds = Double(min)...Double(max)
        self.estimate = Double(min)
    }

    /// The calls that may run at once.
    var calls: Int { Int(self.estimate) }

    /// How busy a server is that had at most `running` calls at once.
    func load(running: Int) -> MethodLatency.Load {
        if Double(running) <= self.bounds.lowerBound / 4 { return .light }
        return Double(running) * 2 < self.estimate ? .moderate : .heavy
    }

    /// Takes a window in which calls were carried with this ease on average.
    mutating func take(ease: Double, load: MethodLatency.Load) -> Step {
        guard load == .heavy else {
            self.floorWindows = 0
            return .kept
        }
        let factor = ease >= Self.easyMin ? Self.growth : ease
        let target = self.estimate * factor + self.estimate.squareRoot()
        let weight = target < self.estimate ? Self.fallingWeight : Self.risingWeight
        let moved = self.estimate + (target - self.estimate) * weight
        self.estimate = min(max(moved, self.bounds.lowerBound), self.bounds.upperBound)
        guard moved < self.bounds.lowerBound else {
            self.floorWindows = 0
            return .moved
        }
        self.floorWindows += 1
        guard self.floorWindows >= Self.floorWindowsMax else { return .moved }
        self.floorWindows = 0
        return .relearn
    }
}
