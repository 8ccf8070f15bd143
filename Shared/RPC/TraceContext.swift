import Synchronization

/// A position in a distributed trace (W3C Trace Context, level 2).
///
/// Malformed headers are not an error: the work starts a trace of its own.
public struct TraceContext: Hashable, Sendable {
    // Numbers, not text: reading and passing a trace on makes no strings.
    private let traceHigh: UInt64
    private let traceLow: UInt64
    private var span: UInt64
    /// Whether the trace is being recorded.
    public var isSampled: Bool
    /// The vendor list of the `tracestate` header, passed on unread.
    public var state: String?

    /// Characters of a `traceparent` header of version 00.
    public static let traceparentBytes = 55

    /// Starts a trace.
    public init() {
        self.traceHigh = TraceNumbers.high.next()
        self.traceLow = TraceNumbers.low.next()
        self.span = TraceNumbers.span.next()
        self.isSampled = true
        self.state = nil
    }

    /// Reads a `traceparent` header; `nil` when it is malformed (section 3.2 of the recommendation).
    public init?(traceparent: String, tracestate: String? = nil) {
        var traceparent = traceparent
        let context = traceparent.withUTF8 {
            TraceContext(traceparent: UnsafeRawBufferPointer($0), tracestate: tracestate)
        }
        guard let context else { return nil }
        self = context
    }

    /// Reads the bytes of a `traceparent` header; `nil` when it is malformed.
    public init?(traceparent bytes: UnsafeRawBufferPointer, tracestate: String? = nil) {
        let dash = UInt8(ascii: "-")
        guard bytes.count >= Self.traceparentBytes,
            bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = HexadecimalDigits.byte(bytes, at: 0), version != 0xff,
            bytes.count == Self.traceparentBytes
                || (version > 0 && bytes[Self.traceparentBytes] == dash),
            let high = HexadecimalDigits.value(bytes, at: 3),
            let low = HexadecimalDigits.value(bytes, at: 19), high | low != 0,
            let span = HexadecimalDigits.value(bytes, at: 36), span != 0,
            let flags = HexadecimalDigits.byte(bytes, at: 53)
        else { return nil }
        self.traceHigh = high
        self.traceLow = low
        self.span = span
        self.isSampled = flags & 1 == 1
        self.state = tracestate
    }

    /// The trace, 16 bytes as 32 lower-case hexadecimal digits; never all zero.
    public var traceID: String {
        HexadecimalDigits.text(32) {
            HexadecimalDigits.write(self.traceHigh, to: $0)
            HexadecimalDigits.write(self.traceLow, to: $0 + 16)
        }
    }

    /// The span that caused this work, 8 bytes as 16 lower-case hexadecimal digits; never all zero.
    public var spanID: String {
        HexadecimalDigits.text(16) { HexadecimalDigits.write(self.span, to: $0) }
    }

    /// The `traceparent` header for a call made from here.
    public var traceparent: String {
        HexadecimalDigits.text(Self.traceparentBytes) { self.writeTraceparent(to: $0) }
    }

    /// Writes ``traceparent`` without making a string: ``traceparentBytes`` ASCII characters.
    public func writeTraceparent(to start: UnsafeMutablePointer<UInt8>) {
        let dash = UInt8(ascii: "-")
        start[0] = UInt8(ascii: "0")
        start[1] = UInt8(ascii: "0")
        start[2] = dash
        HexadecimalDigits.write(self.traceHigh, to: start + 3)
        HexadecimalDigits.write(self.traceLow, to: start + 19)
        start[35] = dash
        HexadecimalDigits.write(self.span, to: start + 36)
        start[52] = dash
        start[53] = UInt8(ascii: "0")
        start[54] = self.isSampled ? UInt8(ascii: "1") : UInt8(ascii: "0")
    }

    /// The same trace with a span of its own, for work caused from here.
    public func child() -> TraceContext {
        var child = self
        child.span = TraceNumbers.span.next()
        return child
    }
}

/// Numbers for traces and spans: a random start, stepped and mixed (SplitMix64).
///
/// A trace has to differ from all others, a span from the others of its trace; neither has to be
/// unguessable, and the system's random numbers cost a system call each.
private final class TraceNumbers: Sendable {
    static let high = TraceNumbers()
    static let low = TraceNumbers()
    static let span = TraceNumbers()

    private let state = Atomic<UInt64>(.random(in: 0 ... .max))

    func next() -> UInt64 {
        var number = self.state.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
        number = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ number >> 27) &* 0x94d0_49bb_1331_11eb
        number ^= number >> 31
        return number == 0 ? 1 : number
    }
}

/// Lower-case hexadecimal digits, the only ones that Trace Context allows.
private enum HexadecimalDigits {
    /// The number that the 16 digits at an offset mean, or `nil` when one of them is no digit.
    @inline(__always)
    static func value(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64? {
        guard let high = self.half(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
            let low = self.half(bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        else { return nil }
        return high << 32 | low
    }

    /// The number that eight digits mean, which are the bytes of a word in memory.
    ///
    /// All eight at once: a byte of `letters` is 1 where the digit is a letter, and sums of nibbles
    /// carry no further than their byte.
    @inline(__always)
    private static func half(_ word: UInt64) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let digits = UInt64(littleEndian: word)
        let low = digits & (ones &* 0x0f)
        let letters = digits >> 6 & ones
        let carries = letters << 4
        let isNoDigit =
            (digits & (ones &* 0xf0)) ^ (ones &* 0x30 &+ letters &* 0x30)
            | (low &+ ones &* 6) & (ones &* 0x10) & ~carries
            | (low &+ ones &* 9) & carries
            | ~(low &+ ones &* 15) & carries
        guard isNoDigit == 0 else { return nil }
        var value = (low &+ letters &* 9).byteSwapped
        value = (value | value >> 4) & 0x00ff_00ff_00ff_00ff
        value = (value | value >> 8) & 0x0000_ffff_0000_ffff
        return (value | value >> 16) & 0xffff_ffff
    }

    /// The number that the two digits at an offset mean, or `nil` when one of them is no digit.
    @inline(__always)
    static func byte(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt8? {
        guard let high = self.digit(bytes[offset]), let low = self.digit(bytes[offset + 1]) else {
            return nil
        }
        return high << 4 | low
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        default: nil
        }
    }

    /// Writes a number as 16 digits.
    @inline(__always)
    static func write(_ value: UInt64, to start: UnsafeMutablePointer<UInt8>) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 0xf
            start[index] =
                digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10
        }
    }

    /// A string of so many ASCII characters that `write` fills in.
    static func text(_ count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) -> String {
        String(unsafeUninitializedCapacity: count) { buffer in
            if let start = buffer.baseAddress { write(start) }
            return count
        }
    }
}
