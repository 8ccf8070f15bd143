import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's random numbers, drawn many at a time and each given out once.
///
/// As unguessable as the system's own, which cost a system call each. Those not given out yet stay
/// in memory; what must be forgotten after use, such as a key, is drawn from the system itself.
public struct DrawnRandomNumbers: RandomNumberGenerator {
    /// Numbers drawn at once: as many bytes as `getentropy` gives.
    private static let drawnMax = 32

    private static let drawn = Mutex<[UInt64]>([])

    /// Makes a source; all of them draw together.
    public init() {}

    /// The next number.
    public func next() -> UInt64 {
        Self.drawn.withLock { drawn in
            if let number = drawn.popLast() { return number }
            drawn = Self.draw()
            return drawn.removeLast()
        }
    }

    private static func draw() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: self.drawnMax) { buffer, count in
            count = self.drawnMax
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            if let start = bytes.baseAddress, getentropy(start, bytes.count) == 0 { return }
            var system = SystemRandomNumberGenerator()
            for index in 0..<self.drawnMax {
                buffer.initializeElement(at: index, to: system.next())
            }
        }
    }
}
