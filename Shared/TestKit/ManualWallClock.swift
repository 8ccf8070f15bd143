public import Storage
import Synchronization

/// A time of day that stands still until it is set.
public final class ManualWallClock: WallClock {
    private let now: Mutex<Int64>

    /// Makes a clock that shows `milliseconds` since 1970.
    public init(milliseconds: Int64 = 1_700_000_000_000) {
        self.now = Mutex(milliseconds)
    }

    public var nowMilliseconds: Int64 { self.now.withLock { $0 } }

    /// Moves the clock, backwards when negative.
    public func advance(milliseconds: Int64) {
        self.now.withLock { $0 += milliseconds }
    }
}
