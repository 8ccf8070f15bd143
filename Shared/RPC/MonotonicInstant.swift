#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A moment on the system's monotonic clock, which event loops keep their deadlines by too.
///
/// What calls are timed with. The layout of `ContinuousClock.Instant` is known to its library only,
/// so that each copy of one is a call through its value witnesses, and a call makes dozens.
public struct MonotonicInstant: InstantProtocol {
    /// Nanoseconds of `CLOCK_MONOTONIC`: since the machine started, for the most part.
    public var nanoseconds: Int64

    /// Names a moment.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The present moment.
    public static var now: MonotonicInstant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(
            nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The moment so many nanoseconds later; the last one there is when it would be beyond that.
    @inline(__always)
    func advanced(byNanoseconds nanoseconds: Int64) -> MonotonicInstant {
        let (sum, isBeyond) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return MonotonicInstant(nanoseconds: isBeyond ? (nanoseconds < 0 ? .min : .max) : sum)
    }

    /// The moment so much later, whole nanoseconds; the last one there is when it would be beyond.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        self.advanced(byNanoseconds: Int64(clamping: duration.attoseconds / 1_000_000_000))
    }

    /// The time from this to another moment.
    public func duration(to other: MonotonicInstant) -> Duration {
        let (difference, isBeyond) =
            other.nanoseconds.subtractingReportingOverflow(self.nanoseconds)
        return .nanoseconds(isBeyond ? (other < self ? .min : .max) : difference)
    }

    /// The moment so much later.
    public static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        instant.advanced(by: duration)
    }

    /// The moment so much earlier.
    public static func - (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        instant.advanced(by: .zero - duration)
    }

    /// Whether one moment is before another.
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
