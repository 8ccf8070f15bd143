import NIOCore
import RPC

/// Both count nanoseconds of the system's monotonic clock.
extension MonotonicInstant {
    /// The moment of an event loop's deadline.
    @inline(__always)
    init(_ deadline: NIODeadline) {
        self.init(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds))
    }
}

extension NIODeadline {
    /// An event loop's deadline at a moment.
    @inline(__always)
    init(_ instant: MonotonicInstant) {
        self = .uptimeNanoseconds(UInt64(clamping: instant.nanoseconds))
    }
}
