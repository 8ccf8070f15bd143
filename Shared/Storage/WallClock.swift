#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A source of the time of day.
///
/// It may jump in either direction. Whoever waits uses Swift's `Clock`; this is for times that are
/// stored.
public protocol WallClock: Sendable {
    /// Milliseconds since 1970.
    var nowMilliseconds: Int64 { get }
}

/// The machine's time of day.
public struct SystemWallClock: WallClock {
    /// Makes the clock.
    public init() {}

    public var nowMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
